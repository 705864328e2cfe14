#include <gtest/gtest.h>

#include <cstring>

#include "agent/base/memory_reader.h"
#include "collectors/windows/base/key_match.h"
#include "tests/support/regf_builder.h"

namespace konseki::windows {
namespace {

std::vector<std::string> matches(std::initializer_list<std::string_view> patterns) {
  testing::HiveKey root;
  root.name = "ROOT";
  for (const char* path : {"A/B/C/D", "A/B2/C", "A/x/y/z/w", "Other/C"}) root.at(path);
  const std::string hive_bytes = testing::build_hive(root);
  std::vector<std::byte> bytes(hive_bytes.size());
  std::memcpy(bytes.data(), hive_bytes.data(), bytes.size());
  MemoryReader reader(std::move(bytes));
  auto hive = RegistryHive::open(reader);
  auto top = (*hive)->root();
  std::vector<KeyPattern> compiled(patterns.begin(), patterns.end());
  std::vector<std::string> found;
  match_keys(
      **top, compiled,
      [&](const RegistryKey&, const std::string& path, std::span<const std::size_t> which) {
        std::string line = path + ":";
        for (std::size_t i : which) line += std::to_string(i);
        found.push_back(line);
      },
      [](const std::string& path, const Error& error) { ADD_FAILURE() << path << error.detail; });
  return found;
}

using List = std::vector<std::string>;

TEST(KeyMatch, LiteralsAreCaseBlind) {
  EXPECT_EQ(matches({"a/b/c"}), (List{"A\\B\\C:0"}));
  EXPECT_EQ(matches({"a/nothing"}), List{});
}

TEST(KeyMatch, StarsStayInTheirSegment) {
  EXPECT_EQ(matches({"A/B*/C", "*/C"}), (List{"A\\B\\C:0", "A\\B2\\C:0", "Other\\C:1"}));
  EXPECT_EQ(matches({"A/?"}), (List{"A\\B:0", "A\\x:0"}));
}

TEST(KeyMatch, GlobstarsTakeOneToNLevels) {
  EXPECT_EQ(matches({"A/**2"}),
            (List{"A\\B:0", "A\\B\\C:0", "A\\B2:0", "A\\B2\\C:0", "A\\x:0", "A\\x\\y:0"}));
  EXPECT_EQ(matches({"**/w"}), (List{"A\\x\\y\\z\\w:0"}));
  EXPECT_EQ(matches({"**2/w"}), List{});
}

TEST(KeyMatch, OneKeyAnswersAllItsPatternsOnce) {
  EXPECT_EQ(matches({"A/B", "**3/B", "a/*"}), (List{"A\\B:012", "A\\B2:2", "A\\x:2"}));
  EXPECT_EQ(matches({""}), (List{":0"}));
}

TEST(GlobMatches, BacktracksOverStars) {
  EXPECT_TRUE(glob_matches("*a*b", "xxaxxabxb"));
  EXPECT_FALSE(glob_matches("*a*b", "xxaxxabxc"));
  EXPECT_TRUE(glob_matches("?", "痕"));
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_FALSE(glob_matches("?", ""));
}

}  // namespace
}  // namespace konseki::windows
