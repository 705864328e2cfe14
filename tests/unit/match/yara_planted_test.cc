// Rules against contents that were made to fire them: the sieve gives the answers of all rules
// together, and those are what the yara command says.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "agent/match/yara/yara_scanner.h"
#include "tests/support/corpora.h"
#include "tests/unit/match/planted_content.h"
#include "tests/unit/match/yara_support.h"

namespace konseki::yara {
namespace {

namespace fs = std::filesystem;
using testing::planted_contents;
using testing::PlantedContent;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<RuleFile> rules_below(const fs::path& folder) {
  std::set<fs::path> paths;
  for (const auto& each : fs::recursive_directory_iterator(folder)) {
    const auto extension = each.path().extension();
    if (extension == ".yar" || extension == ".yara") paths.insert(each.path());
  }
  std::vector<RuleFile> files;
  for (const fs::path& path : paths) {
    files.push_back({path.string(), read_file(path), folder.string() + "/"});
  }
  return files;
}

// "file rule" of all that fires.
std::set<std::string> hits(const std::vector<const RuleSet*>& sets, YaraScanner& scanner,
                           std::string_view content) {
  std::set<std::string> out;
  for (const RuleSet* set : sets) {
    const auto outcome = scanner.scan(*set, std::as_bytes(std::span(content)), {});
    EXPECT_TRUE(outcome.has_value()) << outcome.error().detail;
    for (const RuleHit& hit : outcome->hits) out.insert(hit.file + " " + hit.rule);
  }
  return out;
}

// What "yara" prints for a folder: names of rules by file of the folder.
std::map<std::string, std::multiset<std::string>> yara_says(const std::vector<std::string>& rules,
                                                            const fs::path& folder) {
  std::string command = "yara -w -N -r";
  for (const char* name : external_names()) command += std::string(" -d ") + name + "=";
  for (std::size_t i = 0; i < rules.size(); ++i) {
    command += " n" + std::to_string(i) + ":" + rules[i];
  }
  std::map<std::string, std::multiset<std::string>> out;
  FILE* const pipe = ::popen((command + " " + folder.string() + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return out;
  char line[4096];
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    std::string text = line;
    const std::size_t space = text.find(' ');
    if (!text.empty() && text.back() == '\n') text.pop_back();
    if (space != std::string::npos) {
      out[fs::path(text.substr(space + 1)).filename()].insert(text.substr(0, space));
    }
  }
  ::pclose(pipe);
  return out;
}

TEST(YaraPlanted, TheSieveAndTheCommandAgree) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  std::vector<RuleFile> files = rules_below(corpora + "/rules");
  const auto rules = *YaraRules::load(files, [](const std::string& path) -> Result<std::string> {
    if (!fs::exists(path)) return fail(ErrorCode::kNotFound, path);
    return read_file(path);
  });
  // Files that are used as they are: of the others the command knows nothing, or something else.
  std::set<std::string> usable;
  for (const RuleFileCount& file : rules->files()) {
    if (file.left_out == 0 && file.rules > 0) usable.insert(file.name);
  }
  for (const RuleProblem& problem : rules->problems()) usable.erase(problem.file);
  const fs::path folder = fs::path(::testing::TempDir()) / ("planted-" + std::to_string(getpid()));
  fs::create_directory(folder);
  const auto choice = rules->make_choice();
  YaraScanner scanner(60);
  std::set<std::string> fired;
  std::size_t contents = 0;
  std::size_t passed_over = 0;
  std::map<std::string, std::set<std::string>> of_files;
  for (const RuleFile& file : files) {
    for (const PlantedContent& planted : planted_contents(file.bytes)) {
      const auto bytes = std::as_bytes(std::span(planted.bytes));
      const auto sets = rules->sets_for(*choice, bytes);
      const auto sieved = hits(sets, scanner, planted.bytes);
      const auto whole = hits(rules->all_sets(), scanner, planted.bytes);
      ASSERT_EQ(sieved, whole) << file.name << " " << planted.rule;
      fired.insert(whole.begin(), whole.end());
      ++contents;
      if (sets != rules->all_sets()) ++passed_over;
      if (!usable.contains(file.name) || whole.empty() || contents % 4 != 0) continue;
      const std::string name = "f" + std::to_string(contents);
      std::ofstream(folder / name, std::ios::binary) << planted.bytes;
      of_files[name] = whole;
    }
  }
  RecordProperty("contents", static_cast<int>(contents));
  RecordProperty("rules_fired", static_cast<int>(fired.size()));
  RecordProperty("not_shown_to_every_rule", static_cast<int>(passed_over));
  EXPECT_GT(fired.size(), 400u);
  EXPECT_GT(passed_over, contents / 10);
  if (std::system("command -v yara >/dev/null") == 0) {
    const auto command = yara_says({usable.begin(), usable.end()}, folder);
    for (const auto& [name, whole] : of_files) {
      std::multiset<std::string> expected;
      for (const std::string& each : whole) {
        const std::size_t space = each.rfind(' ');
        if (usable.contains(each.substr(0, space))) expected.insert(each.substr(space + 1));
      }
      const auto said = command.find(name);
      EXPECT_EQ(said == command.end() ? std::multiset<std::string>() : said->second, expected)
          << name;
    }
    EXPECT_GT(command.size(), 300u);
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace konseki::yara
