#include <gtest/gtest.h>

#include <cstdlib>

#include "agent/source/evidence_kind.h"
#include "agent/source/open_source.h"
#include "tests/unit/source/temporary_tree.h"

namespace konseki {
namespace {

using ::konseki::testing::TemporaryTree;
using namespace std::string_view_literals;

EvidenceKind kind_of(std::string_view head) {
  return evidence_kind(std::as_bytes(std::span(head)));
}

std::string tar_head(std::string name) {
  name.resize(257);
  return name + "ustar" + std::string(250, '\0');
}

TEST(EvidenceKind, IsToldByContent) {
  EXPECT_EQ(kind_of("\x28\xB5\x2F\xFD\x04"sv), EvidenceKind::kBundle);
  EXPECT_EQ(kind_of(tar_head("konseki/run.json")), EvidenceKind::kBundle);
  EXPECT_EQ(kind_of(tar_head("fs/C:/")), EvidenceKind::kArchive);
  EXPECT_EQ(kind_of("age-encryption.org/v1\n-> X25519"), EvidenceKind::kEncryptedBundle);
  EXPECT_EQ(kind_of("PK\x03\x04...."), EvidenceKind::kArchive);
  EXPECT_EQ(kind_of("EVF\x09\x0d\x0a\xff\x00"sv), EvidenceKind::kImage);
  EXPECT_EQ(kind_of(""), EvidenceKind::kImage);
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

TEST(OpenSource, GivesAdviceWithEveryRefusal) {
  TemporaryTree files;
  files.add_file("letter.txt", std::string(5000, 'x'));
  files.add_file("empty");
  files.add_file("collection.zip", "PK\x03\x04 rest");
  files.add_file("bundle.age", "age-encryption.org/v1\n");
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
  expect("letter.txt", ErrorCode::kUnsupported);
  expect("pipe", ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace konseki
