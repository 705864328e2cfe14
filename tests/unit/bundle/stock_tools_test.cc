// The bundle in the hands of the tools that a responder has anyway.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/bundle/sample_bundle.h"

namespace konseki {
namespace {

namespace fs = std::filesystem;

class StockTools : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ("stock_tools_" +
               std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "out");
    const std::string bundle = testing::sample_bundle();
    std::ofstream(folder_ / "b.tar.zst", std::ios::binary) << bundle;
  }
  void TearDown() override { fs::remove_all(folder_); }

  // Runs a shell line in the test's folder; answers its exit code, output in "log".
  int run(const std::string& line) const {
    const std::string command =
        "cd '" + folder_.string() + "' && ( " + line + " ) >log 2>&1 </dev/null";
    const int status = std::system(command.c_str());
    return status;
  }
  bool have(const std::string& program) const { return run("command -v " + program) == 0; }
  std::string read(const fs::path& path) const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string log() const { return read(folder_ / "log"); }

  void expect_sample_files() const {
    for (const auto& [name, content] : testing::sample_files()) {
      ASSERT_TRUE(fs::is_regular_file(folder_ / "out" / name)) << name << log();
      EXPECT_TRUE(read(folder_ / "out" / name) == content) << name;
    }
    EXPECT_TRUE(fs::is_directory(folder_ / "out/fs/C:/Temp"));
    EXPECT_EQ(fs::read_symlink(folder_ / "out/fs/C:/Documents and Settings").string(),
              "C:/ユーザー");
  }

  fs::path folder_;
};

TEST_F(StockTools, ZstdTestsAndLists) {
  if (!have("zstd")) GTEST_SKIP() << "zstd is not installed";
  EXPECT_EQ(run("zstd -t b.tar.zst"), 0) << log();
  EXPECT_EQ(run("zstd -l b.tar.zst"), 0) << log();
}

TEST_F(StockTools, GnuTarExtracts) {
  ASSERT_EQ(run("tar --zstd -xf b.tar.zst -C out"), 0) << log();
  EXPECT_EQ(log(), "");
  expect_sample_files();
}

TEST_F(StockTools, BsdtarExtracts) {
  if (!have("bsdtar")) GTEST_SKIP() << "bsdtar is not installed";
  ASSERT_EQ(run("LC_ALL=C.UTF-8 bsdtar -xf b.tar.zst -C out"), 0) << log();
  expect_sample_files();
}

TEST_F(StockTools, PythonExtracts) {
  const std::string python = "/usr/bin/python3";
  if (!fs::exists(python)) GTEST_SKIP() << "python3 is not installed";
  ASSERT_EQ(run("zstd -qd b.tar.zst && " + python +
                " -c 'import tarfile; tarfile.open(\"b.tar\").extractall(\"out\")'"),
            0)
      << log();
  expect_sample_files();
}

TEST_F(StockTools, ModificationTimesKeepTheirFractions) {
  ASSERT_EQ(run("tar --zstd -xf b.tar.zst -C out && stat -c %.9Y 'out/fs/C:/empty.log'"), 0);
  EXPECT_EQ(log(), "1700000000.123456789\n");
}

}  // namespace
}  // namespace konseki
