// Scans a folder with YARA rules as the agent does, and prints what fired, for comparison with the
// yara command (tests/bench/yara.sh).
//
//   yara_bench [--threads N] [--whole] [--digests] RULES... -- FOLDER
//
// --whole: every file meets every rule; --digests: the three digests of each file first.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "agent/base/digest.h"
#include "agent/match/file_kind.h"
#include "agent/match/yara/yara_rules.h"
#include "agent/match/yara/yara_scanner.h"

namespace fs = std::filesystem;
using konseki::yara::RuleFile;
using konseki::yara::YaraRules;

namespace {

std::string read_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  std::string text(error ? 0 : size, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::vector<RuleFile> rules_below(const fs::path& path) {
  std::vector<RuleFile> files;
  if (!fs::is_directory(path)) {
    files.push_back({path.string(), read_file(path), path.parent_path().string() + "/"});
    return files;
  }
  std::set<fs::path> names;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    const auto extension = entry.path().extension();
    if (extension == ".yar" || extension == ".yara") names.insert(entry.path());
  }
  for (const auto& name : names) files.push_back({name.string(), read_file(name), path.string()});
  return files;
}

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

int main(int argc, char** argv) {
  unsigned threads = 2;
  bool whole = false;
  bool digests = false;
  std::vector<RuleFile> rule_files;
  int i = 1;
  for (; i < argc && std::strcmp(argv[i], "--") != 0; ++i) {
    const std::string_view word = argv[i];
    if (word == "--threads") {
      threads = static_cast<unsigned>(std::stoul(argv[++i]));
    } else if (word == "--whole") {
      whole = true;
    } else if (word == "--digests") {
      digests = true;
    } else {
      for (RuleFile& file : rules_below(argv[i])) rule_files.push_back(std::move(file));
    }
  }
  if (i + 1 >= argc) return 2;
  const double start = seconds();
  auto rules = YaraRules::load(
      std::move(rule_files),
      [](const std::string& path) -> konseki::Result<std::string> { return read_file(path); });
  if (!rules) return 1;
  (*rules)->set_sieve(!whole);
  for (const auto& problem : (*rules)->problems()) {
    fmt::print(stderr, "{}\n", problem.describe(konseki::Language::kEnglish));
  }
  fmt::print(stderr, "{} rules in {:.2f} s\n", (*rules)->rule_count(), seconds() - start);

  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(
           argv[i + 1], fs::directory_options::skip_permission_denied)) {
    if (entry.is_regular_file() && !entry.is_symlink()) files.push_back(entry.path());
  }
  std::atomic<std::size_t> next = 0;
  std::atomic<std::uint64_t> bytes = 0;
  std::mutex mutex;
  std::set<std::string> lines;
  const double scan_start = seconds();
  std::vector<std::thread> workers;
  for (unsigned t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      konseki::yara::YaraScanner scanner(60);
      const auto choice = (*rules)->make_choice();
      konseki::DigestPass pass;
      for (std::size_t n = next++; n < files.size(); n = next++) {
        const std::string content = read_file(files[n]);
        const auto view = std::as_bytes(std::span(content));
        bytes += content.size();
        konseki::yara::ScanFacts facts;
        if (digests) {
          pass.update(view);
          facts.md5 = konseki::to_hex(pass.finish().md5);
        }
        for (const auto* set : (*rules)->sets_for(*choice, view)) {
          auto outcome = scanner.scan(*set, view, facts);
          const std::lock_guard lock(mutex);
          if (!outcome) {
            lines.insert("error " + files[n].string() + " " + outcome.error().detail);
            continue;
          }
          for (const auto& hit : outcome->hits) lines.insert(hit.rule + " " + files[n].string());
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  const double taken = seconds() - scan_start;
  for (const std::string& line : lines) fmt::print("{}\n", line);
  fmt::print(stderr, "{} files, {:.1f} MB in {:.2f} s: {:.1f} MB/s\n", files.size(),
             static_cast<double>(bytes) / 1e6, taken, static_cast<double>(bytes) / 1e6 / taken);
}
