// Golden files: every case below tests/golden gives exactly its expected.jsonl.
// KONSEKI_UPDATE_GOLDEN=1 writes expected.jsonl anew instead.
#include "tests/support/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "collectors/collector_list.h"

namespace konseki::testing {

void PrintTo(const GoldenCase& golden, std::ostream* out) {
  *out << golden.collector << "/" << golden.name;
}

namespace {

std::unique_ptr<Collector> collector_named(std::string_view name) {
  for (auto& collector : make_all_collectors()) {
    if (collector->info().name == name) return std::move(collector);
  }
  return nullptr;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class Golden : public ::testing::TestWithParam<GoldenCase> {};

TEST_P(Golden, GivesExpectedRecords) {
  const GoldenCase& golden = GetParam();
  const auto collector = collector_named(golden.collector);
  ASSERT_NE(collector, nullptr) << "no collector is named " << golden.collector;
  const auto evidence = load_golden_evidence(golden);
  ASSERT_TRUE(evidence.has_value()) << evidence.error().detail;
  const std::vector<std::string> lines = run_collector(*collector, *evidence);
  const std::string expected_path = golden.folder + "/expected.jsonl";
  if (std::getenv("KONSEKI_UPDATE_GOLDEN") != nullptr) {
    std::ofstream out(expected_path, std::ios::binary);
    for (const std::string& line : lines) out << line << '\n';
    ASSERT_TRUE(out.flush()) << expected_path;
    return;
  }
  ASSERT_TRUE(std::ifstream(expected_path))
      << "set KONSEKI_UPDATE_GOLDEN=1, run, and read " << expected_path;
  const std::vector<std::string> expected = lines_of(read_text_file(expected_path));
  for (std::size_t i = 0; i < std::min(lines.size(), expected.size()); ++i) {
    EXPECT_EQ(lines[i], expected[i]) << expected_path << ":" << i + 1;
  }
  EXPECT_EQ(lines.size(), expected.size()) << expected_path;
}

// The keys that every record has are not to be had as fields: a reader would see them twice.
TEST(Schemas, KeepOffTheKeysOfEveryRecord) {
  for (const auto& collector : make_all_collectors()) {
    for (const RecordSchema* schema : collector->info().schemas) {
      for (const char* key : {"schema", "status", "note", "source"}) {
        EXPECT_EQ(schema->index_of(key), schema->fields.size()) << schema->name << "." << key;
      }
    }
  }
}

std::string case_name(const ::testing::TestParamInfo<GoldenCase>& info) {
  std::string name = info.param.collector + "__" + info.param.name;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, ::testing::ValuesIn(find_golden_cases(KONSEKI_GOLDEN)),
                         case_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Golden);

}  // namespace
}  // namespace konseki::testing
