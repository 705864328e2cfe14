// ext2/3/4 images made by mke2fs from a tree of this machine give the tree again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/images/image_files.h"
#include "tests/images/listing.h"

namespace konseki::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Flavour {
  const char* name;
  const char* options;  // of mke2fs
  const char* type;
};

constexpr Flavour kFlavours[] = {
    {"Ext2", "-t ext2 -b 1024", "ext2"},
    {"Ext3", "-t ext3", "ext3"},
    {"Ext4", "-t ext4", "ext4"},
    {"Ext4Small", "-t ext4 -b 1024 -O ^64bit,^metadata_csum", "ext4"},
    {"Ext4Inline", "-t ext4 -O inline_data -I 256", "ext4"},
    {"Ext4MetaBlockGroups", "-t ext4 -b 1024 -O meta_bg,^resize_inode", "ext4"},
    {"Ext4LargeInodes", "-t ext4 -I 1024", "ext4"},
    {"OldInodes", "-t ext3 -I 128", "ext3"},
};

class ExtImage : public ::testing::TestWithParam<Flavour> {
 protected:
  void SetUp() override {
    if (!have_tool("mke2fs")) GTEST_SKIP() << "mke2fs absent";
    const auto tree = temporary_.path() / "tree";
    write_file(tree / "etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    write_file(tree / "usr/lib/small", "x");
    write_file(tree / "var/empty", "");
    write_file(tree / "var/big", noise(1'500'000, 1));
    write_file(tree / ("var/raw-\xff\xfe-name"), "raw bytes in the name");
    write_file(tree / "var/日本語 と 空白.txt", "日本語");
    write_file(tree / ("var/" + std::string(255, 'n')), "longest name");
    for (int i = 0; i < 400; ++i) {
      write_file(tree / "many" / ("entry number " + std::to_string(i)), std::to_string(i));
    }
    std::string deep = "deep";
    for (int i = 0; i < 40; ++i) deep += "/directory-" + std::to_string(i);
    write_file(tree / deep / "bottom", "deep");
    ASSERT_TRUE(run_recipe(
        temporary_.path(),
        "cd tree\nln -s small usr/lib/short-link\n"
        "ln -s " +
            std::string(200, 'l') +
            " usr/lib/long-link\n"
            "ln var/big var/hard\nmkfifo var/pipe\n"
            "truncate -s 900M var/sparse\nprintf data | dd of=var/sparse bs=1 seek=500000000 "
            "conv=notrunc\n"
            "chmod 4750 usr/lib/small\ntouch -d '1965-03-04 05:06:07.123456789' etc/passwd\n"
            "touch -d '2040-03-04 05:06:07.5' usr/lib/small\n"
            "cd ..\ntruncate -s 24M image\nmke2fs -q " +
            std::string(GetParam().options) +
            " -L label -U 01234567-89ab-cdef-0123-456789abcdef -d tree image\n"));
  }

  // mke2fs miscounts large holes with inline data, and the library knows none.
  static bool has_inline() { return std::string(GetParam().name) == "Ext4Inline"; }

  TemporaryDirectory temporary_;
};

void expect_holes(FileSystem& file_system) {
  auto entry = file_system.stat("var/sparse");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->size, 943'718'400u);
  auto reader = file_system.open(*entry);
  ASSERT_TRUE(reader) << reader.error().describe(Language::kEnglish);
  const ByteRange first = (*reader)->next_data(0);
  EXPECT_LE(first.offset, 500'000'000u);
  EXPECT_GT(first.offset, 499'900'000u);
  EXPECT_GT(first.end(), 500'000'003u);
  EXPECT_EQ((*reader)->next_data(first.end()).length, 0u);
  std::array<std::byte, 6> bytes{};
  ASSERT_EQ((*reader)->read_at(499'999'999, bytes).value(), 6u);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), 6),
            std::string("\0data\0", 6));
}

TEST_P(ExtImage, GivesTheTreeItWasMadeFrom) {
  const std::string before = file_digest(temporary_.file("image"));
  auto source = open_image_source(temporary_.file("image"), file_opener());
  ASSERT_TRUE(source) << source.error().describe(Language::kEnglish);
  ASSERT_EQ((*source)->file_systems().size(), 1u);
  FileSystem& file_system = *(*source)->file_systems()[0];
  EXPECT_EQ(file_system.info().type, GetParam().type);
  EXPECT_EQ(file_system.info().label, "label");
  EXPECT_EQ(file_system.info().serial, "01234567-89ab-cdef-0123-456789abcdef");
  EXPECT_EQ(file_system.info().mount, "");
  const auto walked = walk_all(file_system);
  const auto listed = list_all(file_system);
  const auto tree = temporary_.path() / "tree";
  std::size_t count = 0;
  for (const auto& item : std::filesystem::recursive_directory_iterator(tree)) {
    ++count;
    const std::string path = item.path().lexically_relative(tree).string();
    SCOPED_TRACE(path);
    const auto found = walked.find(path);
    ASSERT_NE(found, walked.end());
    ASSERT_TRUE(listed.contains(path));
    const Entry& entry = found->second;
    EXPECT_EQ(listed.at(path).inode, entry.inode);
    struct stat facts = {};
    ASSERT_EQ(lstat(item.path().c_str(), &facts), 0);
    EXPECT_EQ(entry.mode, facts.st_mode & 07777u);
    EXPECT_EQ(entry.uid, facts.st_uid);
    if (!item.is_directory()) {
      // mke2fs keeps only 32 bits of the seconds.
      ASSERT_TRUE(entry.times.modified);
      EXPECT_EQ(entry.times.modified->seconds, static_cast<std::int32_t>(facts.st_mtim.tv_sec));
    }
    auto by_name = file_system.stat(path);
    ASSERT_TRUE(by_name);
    EXPECT_EQ(by_name->inode, entry.inode);
    if (item.is_symlink()) {
      EXPECT_EQ(entry.type, FileType::kSymlink);
      EXPECT_EQ(entry.link_target, std::filesystem::read_symlink(item.path()).string());
    } else if (item.is_regular_file()) {
      EXPECT_EQ(entry.type, FileType::kRegular);
      EXPECT_EQ(entry.link_count, facts.st_nlink);
      if (path == "var/sparse") continue;
      EXPECT_EQ(entry.size, item.file_size());
      EXPECT_EQ(content_digest(file_system, entry), file_digest(item.path()));
    } else if (item.is_fifo()) {
      EXPECT_EQ(entry.type, FileType::kFifo);
    }
  }
  EXPECT_EQ(walked.size(), count + 1);  // lost+found
  EXPECT_EQ(walked.size(), listed.size());
  EXPECT_EQ(walked.at("var/hard").inode, walked.at("var/big").inode);
  if (!has_inline()) expect_holes(file_system);
  EXPECT_EQ(file_digest(temporary_.file("image")), before);
}

TEST_P(ExtImage, AgreesWithTheSleuthKit) {
  if (!have_tool("fls") || has_inline()) GTEST_SKIP() << "fls absent or not able";
  auto source = open_image_source(temporary_.file("image"), file_opener());
  ASSERT_TRUE(source);
  auto ours = walk_facts(*(*source)->file_systems()[0]);
  auto theirs = fls_facts(temporary_.file("image"), 0);
  // The library replaces what is not UTF-8, and 1965 is beyond its unsigned seconds.
  ASSERT_EQ(ours.erase("var/raw-\xff\xfe-name"), 1u);
  std::erase_if(theirs, [](const auto& item) { return item.first.starts_with("var/raw-"); });
  for (auto* facts : {&ours, &theirs}) {
    facts->erase("etc/passwd");
    facts->erase("usr/lib/small");
  }
  if (std::string(GetParam().type) != "ext4") {
    // There the library does not look for the time of creation.
    for (auto* facts : {&ours, &theirs}) {
      for (auto& [path, text] : *facts) text.resize(text.rfind(' '));
    }
  }
  EXPECT_EQ(ours, theirs);
}

TEST_P(ExtImage, ReadsNanosecondsAndTheEpochBits) {
  if (!have_tool("debugfs")) GTEST_SKIP() << "debugfs absent";
  if (std::string(GetParam().type) != "ext4") GTEST_SKIP() << "no such fields";
  // 2040-03-04 05:06:07: bit 0 of the extra field is the 33rd bit of the seconds.
  ASSERT_TRUE(run_recipe(temporary_.path(),
                         "debugfs -w -R 'sif /var/empty mtime_lo 2214450367' image\n"
                         "debugfs -w -R 'sif /var/empty mtime_extra 0x1d6f3455' image\n"
                         "debugfs -R 'stat /var/empty' image\n"));
  auto source = open_image_source(temporary_.file("image"), file_opener());
  ASSERT_TRUE(source);
  auto entry = (*source)->file_systems()[0]->stat("var/empty");
  ASSERT_TRUE(entry && entry->times.modified);
  EXPECT_EQ(entry->times.modified->seconds, 2214450367);
  EXPECT_EQ(entry->times.modified->nanoseconds, 0x1d6f3455 >> 2);
  EXPECT_TRUE(entry->times.created);
}

TEST_P(ExtImage, ListsDeletedFilesWithTheirTimes) {
  if (!have_tool("debugfs")) GTEST_SKIP() << "debugfs absent";
  ASSERT_TRUE(run_recipe(temporary_.path(),
                         "debugfs -w -R 'rm \"/many/entry number 77\"' image\n"
                         "debugfs -w -R 'rm /var/big' image\n"));
  auto source = open_image_source(temporary_.file("image"), file_opener());
  ASSERT_TRUE(source);
  FileSystem& file_system = *(*source)->file_systems()[0];
  EXPECT_FALSE(file_system.stat("many/entry number 77"));
  EXPECT_FALSE(walk_all(file_system).contains("many/entry number 77"));
  const auto all = walk_all(file_system, true);
  ASSERT_TRUE(all.contains("many/entry number 77"));
  const Entry& entry = all.at("many/entry number 77");
  EXPECT_EQ(entry.allocation, Allocation::kDeleted);
  EXPECT_TRUE(entry.times.deleted);
  // The other name of the big file keeps its inode alive: what is left of this name is no claim
  // on the content.
  ASSERT_TRUE(all.contains("var/big"));
  EXPECT_EQ(all.at("var/big").allocation, Allocation::kDeleted);
  auto content = file_system.open(all.at("var/big"));
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(content.error().detail, HasSubstr("overwritten"));
}

INSTANTIATE_TEST_SUITE_P(Flavours, ExtImage, ::testing::ValuesIn(kFlavours),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace konseki::testing
