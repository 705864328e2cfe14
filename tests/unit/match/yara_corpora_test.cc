#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/corpora.h"
#include "tests/unit/match/yara_support.h"

namespace konseki::yara {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Every rule file that yarac takes is used, and the others are named.
TEST(YaraCorpora, EveryRuleFileLoadsOrIsNamed) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  const auto truth =
      nlohmann::json::parse(read_file(corpora + "/_ground-truth/yara-compile.json"))["files"];
  std::vector<RuleFile> files;
  for (const auto& [name, outcome] : truth.items()) {
    const std::string path = corpora + "/" + name;
    files.push_back({path, read_file(path), corpora + "/rules/"});
  }
  ASSERT_GT(files.size(), 300u);
  const auto rules =
      *YaraRules::load(std::move(files), [](const std::string& path) -> Result<std::string> {
        if (!fs::exists(path)) return fail(ErrorCode::kNotFound, path);
        return read_file(path);
      });
  for (const RuleFileCount& file : rules->files()) {
    const bool expected = truth.at(file.name.substr(corpora.size() + 1)) == "ok";
    const bool named =
        std::any_of(rules->problems().begin(), rules->problems().end(),
                    [&](const RuleProblem& problem) { return problem.file == file.name; });
    EXPECT_TRUE(expected ? file.left_out == 0 && (file.rules > 0 || named) : named) << file.name;
  }
}

}  // namespace
}  // namespace konseki::yara
