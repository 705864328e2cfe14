// webshell_quality: the detection quality and speed of the script analysis.
//
//   webshell_quality [--jobs N] [--list medium|missed|high] --malicious DIR... --benign DIR...
//
// Every regular file below the folders is judged by its content and name. Equal contents count
// once. Files that hold no script are counted apart and left out of the rates. Prints, per
// language: files, share at medium and above, share at high; the witnesses that spoke; MB/s.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/match/webshell/analysis.h"

namespace {

using konseki::webshell::analyse;
using konseki::webshell::Judgement;

struct Row {
  std::size_t files = 0;
  std::size_t medium = 0;
  std::size_t high = 0;
};

struct Side {
  std::map<std::string, Row> languages;
  std::map<std::string, Row> witnesses;  // files in which it spoke; medium/high: alone enough
  Row all;
  std::size_t no_script = 0;
  std::size_t duplicates = 0;
  std::size_t bytes = 0;
  double seconds = 0;
  std::vector<std::string> lines;
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void measure(const std::vector<std::string>& folders, const std::string& list, bool all_files,
             Side& side) {
  std::set<std::size_t> seen;
  for (const std::string& folder : folders) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && !entry.is_symlink()) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      const std::string content = read_file(path);
      if (!seen.insert(std::hash<std::string>{}(content)).second) {
        ++side.duplicates;
        continue;
      }
      const double before = cpu_seconds();
      const Judgement judgement = analyse(content, path.filename().string());
      const double spent = cpu_seconds() - before;
      side.seconds += spent;
      if (spent > 0.5)
        fmt::print(stderr, "slow: {:.2f} s {} ({} bytes)\n", spent, path.string(), content.size());
      side.bytes += content.size();
      if (!judgement.script) {
        ++side.no_script;
        if (!all_files) {
          if (list == "missed") side.lines.push_back(fmt::format("none    {}", path.string()));
          continue;
        }
      }
      const int score = judgement.score();
      const std::string language = judgement.languages.empty()
                                       ? "none"
                                       : std::string(language_name(judgement.languages.front()));
      for (Row* row : {&side.languages[language], &side.all}) {
        ++row->files;
        row->medium += score >= 30 ? 1 : 0;
        row->high += score >= 70 ? 1 : 0;
      }
      std::string witnesses;
      for (const auto& witness : judgement.witnesses) {
        Row& row = side.witnesses[witness.name];
        ++row.files;
        row.medium += witness.score >= 30 ? 1 : 0;
        row.high += witness.score >= 70 ? 1 : 0;
        witnesses += fmt::format(" {}={}", witness.name, witness.score);
      }
      const bool print = (list == "missed" && score < 30) || (list == "low" && score < 70) ||
                         (list == "medium" && score >= 30) || (list == "all");
      if (print)
        side.lines.push_back(fmt::format("{:3} {:8} {}{}{}", score, language, path.string(),
                                         witnesses,
                                         judgement.tool.empty() ? "" : " tool=" + judgement.tool));
    }
  }
}

void print(const char* title, const Side& side, bool rates) {
  fmt::print("{}: {} files, {} equal ones left out, {} without script\n", title, side.all.files,
             side.duplicates, side.no_script);
  const auto line = [&](const std::string& name, const Row& row) {
    if (rates) {
      fmt::print("  {:22} {:6} files  medium+ {:6.2f} %  high {:6.2f} %\n", name, row.files,
                 100.0 * static_cast<double>(row.medium) / static_cast<double>(row.files),
                 100.0 * static_cast<double>(row.high) / static_cast<double>(row.files));
    } else {
      fmt::print("  {:22} {:6} files  medium+ {:4}  high {:4}\n", name, row.files, row.medium,
                 row.high);
    }
  };
  for (const auto& [name, row] : side.languages) line(name, row);
  if (side.all.files > 0) line("all", side.all);
  fmt::print("  witnesses (files; of them scored 30+, 70+):\n");
  for (const auto& [name, row] : side.witnesses) {
    fmt::print("  {:22} {:6}  {:6}  {:6}\n", name, row.files, row.medium, row.high);
  }
  if (side.seconds > 0) {
    fmt::print("  {:.1f} MB in {:.2f} s: {:.1f} MB/s\n", static_cast<double>(side.bytes) / 1e6,
               side.seconds, static_cast<double>(side.bytes) / 1e6 / side.seconds);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> malicious;
  std::vector<std::string> benign;
  std::vector<std::string>* into = &malicious;
  std::string list;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--malicious") {
      into = &malicious;
    } else if (word == "--benign") {
      into = &benign;
    } else if (word == "--list" && i + 1 < argc) {
      list = argv[++i];
    } else {
      into->push_back(word);
    }
  }
  if (malicious.empty() && benign.empty()) {
    fmt::print(stderr,
               "usage: webshell_quality [--list missed|low|medium|all] --malicious DIR... --benign "
               "DIR...\n");
    return 2;
  }
  Side bad;
  Side good;
  if (!malicious.empty()) measure(malicious, list, false, bad);
  if (!benign.empty())
    measure(benign, list == "missed" || list == "low" ? "medium" : list, true, good);
  for (const std::string& line : bad.lines) fmt::print("{}\n", line);
  for (const std::string& line : good.lines) fmt::print("benign {}\n", line);
  if (!malicious.empty()) print("malicious", bad, true);
  if (!benign.empty()) print("benign", good, false);
  return 0;
}
