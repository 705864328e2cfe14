#include <gtest/gtest.h>

#include <cstdlib>

#include "agent/bundle/writer.h"
#include "agent/source/archive_name.h"
#include "agent/source/open_source.h"
#include "tests/unit/bundle/memory_output.h"
#include "tests/unit/source/temporary_tree.h"

namespace konseki {
namespace {

using ::konseki::testing::TemporaryTree;
using namespace std::string_view_literals;

TEST(ArchiveName, IsToldByContent) {
  const auto name_of = [](std::string_view head) {
    return archive_name(std::as_bytes(std::span(head)));
  };
  EXPECT_EQ(name_of("PK\x03\x04...."), "zip");
  EXPECT_EQ(name_of("age-encryption.org/v1\n-> X25519"), kAgeArchive);
  EXPECT_EQ(name_of("\x28\xB5\x2F\xFD\x04"sv), "zstd");
  EXPECT_EQ(name_of(std::string(257, 'x') + "ustar"), "tar");
  EXPECT_EQ(name_of(std::string(256, 'x') + "ustar"), "");
  EXPECT_EQ(name_of("EVF\x09\x0d\x0a\xff\x00"sv), "");
  EXPECT_EQ(name_of("PK"), "");
  EXPECT_EQ(name_of(""), "");
}

TEST(OpenSource, OpensTheLiveHostWithoutALocation) {
  const auto source = open_source("", {});
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->info().kind, SourceKind::kLive);
}

TEST(OpenSource, TakesAPlainDirectoryAsOneVolume) {
  TemporaryTree files;
  files.add_file("photos/a.jpg", "x");
  const auto source = open_source(files.root(), {});
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->info().kind, SourceKind::kDirectory);
  EXPECT_EQ((*source)->info().format, "tree");
  EXPECT_EQ((*source)->info().location, files.root());
  EXPECT_EQ((*source)->live(), nullptr);
  ASSERT_EQ((*source)->file_systems().size(), 1u);
  EXPECT_EQ((*source)->file_systems()[0]->info().style, PathStyle::kPosix);
  EXPECT_TRUE((*source)->file_systems()[0]->stat("photos/a.jpg"));
}

TEST(OpenSource, OpensADiskImage) {
  TemporaryTree files;
  files.add_file("content/etc/passwd", "root");
  files.add_file("disk.raw", std::string(4 << 20, '\0'));
  const std::string recipe = "mke2fs -q -F -t ext4 -d '" + files.path("content") + "' '" +
                             files.path("disk.raw") + "' 2>/dev/null";
  if (std::system(recipe.c_str()) != 0) GTEST_SKIP() << "mke2fs with -d is needed";
  const auto source = open_source(files.path("disk.raw"), {});
  ASSERT_TRUE(source) << source.error().describe(Language::kEnglish);
  EXPECT_EQ((*source)->info().kind, SourceKind::kImage);
  ASSERT_EQ((*source)->file_systems().size(), 1u);
  EXPECT_EQ(testing::content_of(*(*source)->file_systems()[0], "etc/passwd"), "root");
}

TEST(OpenSource, OpensABundleWhateverItIsCalled) {
  TemporaryTree files;
  testing::MemoryOutput out;
  const auto writer = make_bundle_writer(out);
  const std::string run = R"({"host":{"os":"linux"},"volumes":[{"mount":"","type":"ext4"}]})";
  MemberHeader header;
  header.name = "konseki/run.json";
  header.size = run.size();
  ASSERT_TRUE(writer->add(header, std::as_bytes(std::span(run))));
  ASSERT_TRUE(writer->seal("{}"));
  files.add_file("picture.jpg", out.bytes());
  const auto source = open_source(files.path("picture.jpg"), {});
  ASSERT_TRUE(source) << source.error().describe(Language::kEnglish);
  EXPECT_EQ((*source)->info().kind, SourceKind::kBundle);
  EXPECT_EQ((*source)->info().location, files.path("picture.jpg"));
}

TEST(OpenSource, GivesAdviceWithEveryRefusal) {
  TemporaryTree files;
  files.add_file("letter.txt", std::string(5000, 'x'));
  files.add_file("empty");
  files.add_file("collection.zip", "PK\x03\x04 rest");
  files.add_file("bundle.age", "age-encryption.org/v1\n");
  files.add_file("other.tar.zst", "\x28\xB5\x2F\xFD\x24\x01\x01" + std::string(100, 'x'));
  files.add_fifo("pipe");
  const auto expect = [&](const char* name, ErrorCode code) {
    const auto source = open_source(files.path(name), {});
    ASSERT_FALSE(source) << name;
    EXPECT_EQ(source.error().code, code) << name;
    EXPECT_FALSE(source.error().advice.en.empty()) << name;
    EXPECT_FALSE(source.error().advice.ja.empty()) << name;
    EXPECT_NE(source.error().detail.find(name), std::string::npos) << name;
  };
  expect("absent", ErrorCode::kNotFound);
  expect("empty", ErrorCode::kInvalidArgument);
  expect("collection.zip", ErrorCode::kUnsupported);
  expect("bundle.age", ErrorCode::kUnsupported);
  expect("other.tar.zst", ErrorCode::kUnsupported);
  expect("letter.txt", ErrorCode::kUnsupported);
  expect("pipe", ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace konseki
