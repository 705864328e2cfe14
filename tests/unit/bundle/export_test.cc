#include "agent/bundle/export.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "agent/base/memory_reader.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/tar_header.h"
#include "agent/bundle/verify.h"
#include "tests/unit/bundle/memory_output.h"
#include "tests/unit/bundle/sample_bundle.h"

namespace konseki {
namespace {

namespace fs = std::filesystem;
using testing::add_file;
using testing::bytes_of;
using testing::file_header;
using testing::MemoryOutput;

std::unique_ptr<BundleReader> open_text(const std::string& text) {
  const auto bytes = bytes_of(text);
  return open_bundle(
             std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end())))
      .value();
}

class ExportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(::testing::TempDir()) /
        ("export_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "out");
  }
  void TearDown() override { fs::remove_all(folder_); }

  int run(const std::string& line) const {
    const std::string command =
        "cd '" + folder_.string() + "' && ( " + line + " ) >log 2>&1 </dev/null";
    return std::system(command.c_str());
  }
  bool have(const std::string& program) const { return run("command -v " + program) == 0; }
  std::string read(const fs::path& path) const {
    std::ifstream in(folder_ / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  void expect_sample_files() const {
    for (const auto& [name, content] : testing::sample_files()) {
      ASSERT_TRUE(fs::is_regular_file(folder_ / "out" / name)) << name << read("log");
      EXPECT_TRUE(read(fs::path("out") / name) == content) << name;
    }
  }

  fs::path folder_;
};

std::string exported_tar(const std::string& bundle) {
  MemoryOutput output;
  const auto report = export_tar(*open_text(bundle), output);
  EXPECT_TRUE(report.has_value());
  EXPECT_TRUE(report->remarks.empty());
  return output.bytes();
}

std::string exported_zip(const std::string& bundle) {
  MemoryOutput output;
  EXPECT_TRUE(export_zip(*open_text(bundle), output).has_value());
  return output.bytes();
}

TEST_F(ExportTest, TarHoldsPlainFilesOnly) {
  const std::string tar = exported_tar(testing::sample_bundle());
  const auto reader = open_text(tar);
  for (const auto& [name, content] : testing::sample_files()) {
    const Member* member = reader->find(name);
    ASSERT_NE(member, nullptr);
    EXPECT_EQ(member->header.type, MemberType::kFile) << name;
    EXPECT_TRUE(member->header.data.empty()) << name;
  }
  EXPECT_EQ(tar, exported_tar(testing::sample_bundle()));
}

TEST_F(ExportTest, TarStillVerifies) {
  const std::string tar = exported_tar(testing::sample_bundle());
  const auto bytes = bytes_of(tar);
  const auto report = verify_bundle(
      std::make_unique<MemoryReader>(std::vector<std::byte>(bytes.begin(), bytes.end())));
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->sound()) << report->problems[0].member << report->problems[0].text.en;
}

TEST_F(ExportTest, SevenZipExtractsTheTar) {
  if (!have("7z")) GTEST_SKIP() << "7z is not installed";
  write("b.tar", exported_tar(testing::sample_bundle()));
  ASSERT_EQ(run("LC_ALL=C.UTF-8 7z x -y -oout b.tar"), 0) << read("log");
  expect_sample_files();
}

TEST_F(ExportTest, StockToolsExtractTheZip) {
  write("b.zip", exported_zip(testing::sample_bundle()));
  const std::pair<const char*, const char*> tools[] = {
      {"unzip", "unzip -q b.zip -d out"},
      {"7z", "LC_ALL=C.UTF-8 7z x -y -oout b.zip"},
      {"/usr/bin/python3",
       "/usr/bin/python3 -c 'import zipfile; z = zipfile.ZipFile(\"b.zip\"); "
       "assert z.testzip() is None; z.extractall(\"out\")'"},
      {"bsdtar", "LC_ALL=C.UTF-8 bsdtar -xf b.zip -C out"}};
  int used = 0;
  for (const auto& [program, line] : tools) {
    if (!have(program)) continue;
    ++used;
    fs::remove_all(folder_ / "out");
    fs::create_directories(folder_ / "out");
    ASSERT_EQ(run(line), 0) << line << '\n' << read("log");
    expect_sample_files();
  }
  if (used == 0) GTEST_SKIP() << "no ZIP tool is installed";
}

TEST_F(ExportTest, ZipTimesAreUtcWhateverTheZone) {
  const std::string zip = exported_zip(testing::sample_bundle());
  ::setenv("TZ", "Asia/Tokyo", 1);
  ::tzset();
  EXPECT_EQ(exported_zip(testing::sample_bundle()), zip);
  ::unsetenv("TZ");
  ::tzset();
  // 2023-11-14 22:13:20 in DOS form, in the first local header.
  const std::uint32_t expected =
      (2023 - 1980) << 25 | 11 << 21 | 14 << 16 | 22 << 11 | 13 << 5 | 10;
  std::uint32_t stored = 0;
  for (int i = 0; i < 4; ++i) {
    stored |= static_cast<std::uint32_t>(static_cast<unsigned char>(zip[10 + i])) << (8 * i);
  }
  EXPECT_EQ(stored, expected);
}

TEST_F(ExportTest, ZipMovesLinuxTreesAndKeepsNamesApart) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  add_file(*writer, "[root]/etc/A", "1");
  add_file(*writer, "[root]/etc/a", "2");
  add_file(*writer, "[root]/etc/b\\c", "3");
  add_file(*writer, "[root]/$fs$/fs1/x", "4");
  MemberHeader fifo = file_header("[root]/pipe", 0);
  fifo.type = MemberType::kFifo;
  ASSERT_TRUE(writer->add(fifo, {}).has_value());
  ASSERT_TRUE(writer->seal("{}").has_value());
  MemoryOutput zip;
  const auto report = export_zip(*open_text(output.bytes()), zip);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->remarks.size(), 2u);
  for (const char* name :
       {"fs/$rootfs$/etc/A", "fs/$rootfs$/etc/a~2", "fs/$rootfs$/etc/b%5Cc", "fs/$fs$/fs1/x"}) {
    EXPECT_NE(zip.bytes().find(name), std::string::npos) << name;
  }
}

TEST_F(ExportTest, DirectoryHoldsTheTreeWithItsTimes) {
  const auto out = OutputDirectory::create((folder_ / "dir").string()).value();
  const auto report = export_directory(*open_text(testing::sample_bundle()), *out);
  ASSERT_TRUE(report.has_value());
  fs::remove(folder_ / "out");
  fs::rename(folder_ / "dir", folder_ / "out");
  expect_sample_files();
  EXPECT_EQ(fs::read_symlink(folder_ / "out/fs/C:/Documents and Settings").string(), "C:/ユーザー");
  EXPECT_FALSE(fs::exists(folder_ / "out/uac.log"));
  ASSERT_EQ(run("stat -c %.9Y 'out/fs/C:/empty.log' out/fs/C:/Temp"), 0);
  EXPECT_EQ(read("log"), "1700000000.123456789\n1700000000.123456789\n");
  ASSERT_EQ(run("stat -c %b out/fs/C:/pagefile.sys"), 0);
  EXPECT_LT(std::stoi(read("log")), 100);
}

TEST_F(ExportTest, LinuxDirectoriesHaveTheirMarker) {
  MemoryOutput output;
  const auto writer = make_bundle_writer(output);
  add_file(*writer, "konseki/run.json", "{}");
  add_file(*writer, "[root]/etc/passwd", "root");
  std::string japanese;
  for (int i = 0; i < 100; ++i) japanese += "見";
  add_file(*writer, "[root]/" + japanese, "long");
  ASSERT_TRUE(writer->seal("{}").has_value());
  const auto out = OutputDirectory::create((folder_ / "dir").string()).value();
  const auto report = export_directory(*open_text(output.bytes()), *out);
  ASSERT_TRUE(report.has_value()) << report.error().describe(Language::kEnglish);
  EXPECT_TRUE(fs::exists(folder_ / "dir/uac.log"));
  EXPECT_EQ(read("dir/[root]/etc/passwd"), "root");
  ASSERT_EQ(report->remarks.size(), 1u);
}

// A tar that a stranger hands over as a bundle.
TEST_F(ExportTest, HostileNamesStayInside) {
  std::string tar;
  const auto add = [&](const MemberHeader& header, const std::string& content) {
    append_tar_header(tar, header);
    tar += content;
    tar.append(static_cast<std::size_t>(tar_padding(content.size())), '\0');
  };
  MemberHeader link = file_header("[root]/way", 0);
  link.type = MemberType::kSymlink;
  link.link_target = folder_.string();
  add(file_header("konseki/run.json", 2), "{}");
  add(link, "");
  add(file_header("[root]/way/escaped", 1), "x");
  add(file_header("../escaped", 1), "x");
  add(file_header("/" + folder_.string() + "/escaped", 1), "x");
  add(file_header("[root]/a/../../../escaped", 1), "x");
  add(file_header("[root]/twice", 1), "1");
  add(file_header("[root]/twice", 1), "2");
  tar.append(1024, '\0');
  const auto reader = open_text(tar);
  const auto out = OutputDirectory::create((folder_ / "dir").string()).value();
  const auto report = export_directory(*reader, *out);
  ASSERT_TRUE(report.has_value()) << report.error().describe(Language::kEnglish);
  EXPECT_GE(report->remarks.size(), 4u);
  EXPECT_FALSE(fs::exists(folder_ / "escaped"));
  EXPECT_FALSE(fs::exists(folder_.parent_path() / "escaped"));
  EXPECT_EQ(read("dir/[root]/twice"), "1");
  EXPECT_EQ(read("dir/[root]/way/escaped"), "x");
  for (auto& form : {export_tar, export_zip}) {
    MemoryOutput output;
    ASSERT_TRUE(form(*reader, output).has_value());
    EXPECT_EQ(output.bytes().find("../"), std::string::npos);
  }
}

TEST_F(ExportTest, NothingIsReplacedAndNoLinkFollowed) {
  EXPECT_FALSE(OutputDirectory::create((folder_ / "out").string()).has_value());
  const auto out = OutputDirectory::create((folder_ / "dir").string()).value();
  fs::create_symlink(folder_, folder_ / "dir/link");
  EXPECT_FALSE(out->create_file("link/x").has_value());
  EXPECT_FALSE(fs::exists(folder_ / "x"));
  EXPECT_FALSE(out->create_file("../x").has_value());
  EXPECT_FALSE(out->create_file("/x").has_value());
  EXPECT_FALSE(out->create_file("a//x").has_value());
  EXPECT_TRUE(out->create_file("a/x").has_value());
  EXPECT_FALSE(out->create_file("a/x").has_value());
}

}  // namespace
}  // namespace konseki
