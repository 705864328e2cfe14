#include "agent/base/output_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/bundle/sample_bundle.h"

namespace konseki {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ("output_file_" +
               std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const char* name) const { return (folder_ / name).string(); }

  fs::path folder_;
};

TEST_F(OutputFileTest, AppearsOnlyWhenCommitted) {
  auto file = OutputFile::create(path("b"));
  ASSERT_TRUE(file.has_value());
  ASSERT_TRUE((*file)->write(testing::bytes_of("hello")).has_value());
  EXPECT_FALSE(fs::exists(path("b")));
  EXPECT_TRUE(fs::exists(path("b.partial")));
  ASSERT_TRUE((*file)->commit().has_value());
  EXPECT_FALSE(fs::exists(path("b.partial")));
  std::ifstream in(path("b"));
  std::string text;
  std::getline(in, text);
  EXPECT_EQ(text, "hello");
}

TEST_F(OutputFileTest, PartialStaysWithoutCommit) {
  OutputFile::create(path("b")).value();
  EXPECT_TRUE(fs::exists(path("b.partial")));
}

TEST_F(OutputFileTest, NeverReplacesAnything) {
  std::ofstream(path("b")) << "old";
  auto file = OutputFile::create(path("b"));
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(file.error().advice.ja.empty());

  auto late = OutputFile::create(path("c"));
  ASSERT_TRUE(late.has_value());
  std::ofstream(path("c")) << "appeared meanwhile";
  EXPECT_FALSE((*late)->commit().has_value());
  EXPECT_EQ(fs::file_size(path("c")), 18u);
}

TEST_F(OutputFileTest, NeverFollowsALink) {
  std::error_code refused;
  fs::create_symlink("target", path("b.partial"), refused);
  if (refused) GTEST_SKIP() << "no links can be made here: " << refused.message();
  EXPECT_FALSE(OutputFile::create(path("b")).has_value());
  EXPECT_FALSE(fs::exists(path("target")));
}

TEST_F(OutputFileTest, MissingFolderIsNamed) {
  auto file = OutputFile::create(path("no/such/b"));
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code, ErrorCode::kNotFound);
  EXPECT_NE(file.error().detail.find("no/such/b"), std::string::npos);
}

TEST_F(OutputFileTest, FreeSpaceIsKnown) {
  EXPECT_GT(free_space(folder_.string()).value(), 0u);
  EXPECT_FALSE(free_space(path("absent")).has_value());
}

}  // namespace
}  // namespace konseki
