// webshell_quality: the detection quality and speed of the script analysis.
//
//   webshell_quality [--list missed|low|medium|all] [--rules FILE.yar]... --malicious DIR...
//                    --benign DIR...
//
// Every regular file below the folders is judged by its content and name. Equal contents count
// once. Files that hold no script are counted apart and left out of the rates. Prints, per
// language: files, share at medium and above, share at high; the witnesses that spoke; MB/s. Our
// own YARA rules are one witness among them. Every --rules file is run over the same files as well
// and gets a line of its own: in how many files any of its rules fired, and its speed.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "agent/match/webshell/analysis.h"
#include "agent/match/webshell/webshell_matcher.h"
#include "agent/match/yara/embedded_rules.h"
#include "agent/match/yara/rule_meta.h"
#include "agent/match/yara/yara_rules.h"
#include "agent/match/yara/yara_scanner.h"

namespace {

using konseki::webshell::analyse;
using konseki::webshell::Judgement;

struct Row {
  std::size_t files = 0;
  std::size_t medium = 0;
  std::size_t high = 0;
};

// A set of YARA rules beside the analysis.
struct RuleColumn {
  std::string name;
  std::shared_ptr<konseki::yara::YaraRules> rules;
  std::unique_ptr<konseki::yara::YaraScanner> scanner;
  std::size_t hits = 0;
  double seconds = 0;
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

std::unique_ptr<RuleColumn> column_of(std::string name,
                                      std::vector<konseki::yara::RuleFile> files) {
  auto rules = konseki::yara::YaraRules::load(std::move(files));
  if (!rules) {
    fmt::print(stderr, "{}: {}\n", name, rules.error().detail);
    return nullptr;
  }
  auto column = std::make_unique<RuleColumn>();
  column->name = std::move(name);
  column->rules = *rules;
  column->scanner = std::make_unique<konseki::yara::YaraScanner>(30);
  return column;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// What the rules say of the file; counts hits and time.
std::vector<konseki::yara::RuleHit> hits_of(RuleColumn& column, const std::string& content,
                                            const std::filesystem::path& path) {
  std::vector<konseki::yara::RuleHit> hits;
  konseki::yara::ScanFacts facts;
  facts.file_name = path.filename().string();
  facts.file_path = path.string();
  facts.extension = path.extension().string();
  const double before = cpu_seconds();
  for (const konseki::yara::RuleSet* set : column.rules->all_sets()) {
    auto outcome = column.scanner->scan(*set, std::as_bytes(std::span(content)), facts);
    if (outcome) {
      for (auto& hit : outcome->hits) hits.push_back(std::move(hit));
    }
  }
  column.seconds += cpu_seconds() - before;
  column.hits += hits.empty() ? 0 : 1;
  return hits;
}

void measure(const std::vector<std::string>& folders, const std::string& list, bool all_files,
             RuleColumn& own, const std::vector<std::unique_ptr<RuleColumn>>& others, Side& side) {
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
      Judgement judgement = analyse(content, path.filename().string());
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
      for (const auto& column : others) hits_of(*column, content, path);
      if (judgement.script) {
        for (const auto& hit : hits_of(own, content, path)) {
          konseki::Witness witness;
          witness.name = "yara." + hit.rule;
          witness.score = konseki::yara::score_of(hit);
          judgement.witnesses.push_back(std::move(witness));
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
  std::vector<std::unique_ptr<RuleColumn>> others;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--malicious") {
      into = &malicious;
    } else if (word == "--benign") {
      into = &benign;
    } else if (word == "--list" && i + 1 < argc) {
      list = argv[++i];
    } else if (word == "--rules" && i + 1 < argc) {
      const std::string file = argv[++i];
      if (auto column = column_of(file, {{file, read_file(file), ""}}))
        others.push_back(std::move(column));
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
  auto own = column_of("konseki's own rules",
                       konseki::yara::rule_files(konseki::embedded_rules("webshell")));
  if (own == nullptr) return 3;
  Side bad;
  Side good;
  if (!malicious.empty()) measure(malicious, list, false, *own, others, bad);
  struct Count {
    std::size_t hits;
    double seconds;
  };
  std::vector<Count> counts;
  for (auto& column : others) {
    counts.push_back({column->hits, column->seconds});
    column->hits = 0;
    column->seconds = 0;
  }
  if (!benign.empty()) {
    const bool missing = list == "missed" || list == "low";
    measure(benign, missing ? "medium" : list, true, *own, others, good);
  }
  for (const std::string& line : bad.lines) fmt::print("{}\n", line);
  for (const std::string& line : good.lines) fmt::print("benign {}\n", line);
  if (!malicious.empty()) print("malicious", bad, true);
  if (!benign.empty()) print("benign", good, false);
  for (std::size_t i = 0; i < others.size(); ++i) {
    const double bytes = static_cast<double>(bad.bytes + good.bytes) / 1e6;
    fmt::print("{}: {} of {} malicious, {} of {} benign, {:.1f} MB/s\n", others[i]->name,
               counts[i].hits, bad.all.files, others[i]->hits, good.all.files,
               bytes / std::max(1e-9, counts[i].seconds + others[i]->seconds));
  }
  return 0;
}
