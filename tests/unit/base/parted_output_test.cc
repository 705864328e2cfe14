#include "agent/base/parted_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "agent/base/part_path.h"

namespace konseki {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

class PartedOutputTest : public ::testing::Test {
 protected:
  PartedOutputTest()
      : folder_(fs::path(::testing::TempDir()) /
                ("parted_output_" +
                 std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()))) {
    fs::remove_all(folder_);
    fs::create_directory(folder_);
  }
  ~PartedOutputTest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string text(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }

  fs::path folder_;
  OwnFiles own_files_;
};

Result<void> write(PartedOutput& output, std::string_view text) {
  return output.write(std::as_bytes(std::span(text)));
}

TEST_F(PartedOutputTest, CutsWhereAPartIsFull) {
  auto output = PartedOutput::create(path("x.tar.zst"), 4, own_files_);
  ASSERT_TRUE(output);
  ASSERT_TRUE(write(**output, "abc"));
  ASSERT_TRUE(write(**output, "defghij"));
  EXPECT_TRUE(fs::exists(folder_ / "x.tar.zst.002.partial"));
  EXPECT_FALSE(fs::exists(folder_ / "x.tar.zst"));
  ASSERT_TRUE((*output)->commit());
  EXPECT_EQ(text("x.tar.zst"), "abcd");
  EXPECT_EQ(text("x.tar.zst.002"), "efgh");
  EXPECT_EQ(text("x.tar.zst.003"), "ij");
  EXPECT_THAT((*output)->paths(),
              ElementsAre(path("x.tar.zst"), path("x.tar.zst.002"), path("x.tar.zst.003")));
}

TEST_F(PartedOutputTest, WhatFitsIsOneFile) {
  auto output = PartedOutput::create(path("x"), 4, own_files_);
  ASSERT_TRUE(output);
  ASSERT_TRUE(write(**output, "abcd"));
  ASSERT_TRUE((*output)->commit());
  EXPECT_THAT((*output)->paths(), ElementsAre(path("x")));
  EXPECT_FALSE(fs::exists(folder_ / "x.002"));
}

TEST_F(PartedOutputTest, NeverReplacesALaterPart) {
  std::ofstream(folder_ / "x.002") << "mine";
  auto output = PartedOutput::create(path("x"), 4, own_files_);
  ASSERT_TRUE(output);
  EXPECT_FALSE(write(**output, "abcde"));
  EXPECT_EQ(text("x.002"), "mine");
}

TEST_F(PartedOutputTest, TooManyPartsAreAnError) {
  auto output = PartedOutput::create(path("x"), 1, own_files_);
  ASSERT_TRUE(output);
  ASSERT_TRUE(write(**output, std::string(kMostParts, 'a')));
  const auto more = write(**output, "b");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kLimitExceeded);
}

TEST(PartPath, NamesAndTheirFirst) {
  EXPECT_EQ(part_path("a/x.tar.zst", 1), "a/x.tar.zst");
  EXPECT_EQ(part_path("a/x.tar.zst", 12), "a/x.tar.zst.012");
  EXPECT_EQ(part_path("x.tar.zst.partial", 2), "x.tar.zst.002.partial");
  EXPECT_EQ(first_part_of("a/x.tar.zst.012"), "a/x.tar.zst");
  EXPECT_EQ(first_part_of("x.tar.zst.002.partial"), "x.tar.zst.partial");
  EXPECT_EQ(first_part_of("x.tar.zst"), std::nullopt);
  EXPECT_EQ(first_part_of("disk.001"), std::nullopt);
  EXPECT_EQ(first_part_of(".002"), std::nullopt);
}

}  // namespace
}  // namespace konseki
