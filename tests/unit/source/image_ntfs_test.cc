// NTFS as ntfs-3g writes it: content of every kind of stream, names, links, reparse points,
// deletion. Needs the right to mount through FUSE; skipped where there is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <fstream>

#include "tests/images/image_files.h"
#include "tests/images/listing.h"

namespace konseki::testing {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;

// [MS-FSCC 2.1.2.2]: tag, length, reserved, data.
std::string reparse_data(std::uint32_t tag, const std::string& data) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(tag >> (8 * i));
  bytes += static_cast<char>(data.size());
  bytes += static_cast<char>(data.size() >> 8);
  bytes += std::string(2, '\0');
  return bytes + data;
}

std::string utf16(std::string_view ascii) {
  std::string bytes;
  for (const char c : ascii) bytes += {c, '\0'};
  return bytes;
}

std::string junction_data(std::string_view target) {
  const std::string substitute = utf16("\\??\\"s + std::string(target));
  const std::string print = utf16(target);
  const auto u16 = [](std::size_t v) {
    return std::string{static_cast<char>(v), static_cast<char>(v >> 8)};
  };
  return u16(0) + u16(substitute.size()) + u16(substitute.size() + 2) + u16(print.size()) +
         substitute + "\0\0"s + print + "\0\0"s;
}

class NtfsImage : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!have_tool("mkntfs") || !have_tool("ntfs-3g")) GTEST_SKIP() << "ntfs-3g absent";
    ASSERT_TRUE(run_recipe(temporary_.path(),
                           "truncate -s 48M image\nmkntfs -q -F -f -L 証拠 image\nmkdir m\n"));
    mount();
    if (!mounted_) GTEST_SKIP() << "this machine cannot mount through FUSE";
  }

  void TearDown() override { unmount(); }

  void mount() {
    mounted_ =
        std::system(("ntfs-3g -o streams_interface=windows,compression '" +
                     temporary_.file("image") + "' '" + temporary_.file("m") + "' > /dev/null 2>&1")
                        .c_str()) == 0;
  }

  void unmount() {
    if (!mounted_) return;
    mounted_ = false;
    for (int attempt = 0; attempt < 20; ++attempt) {
      if (std::system(("umount '" + temporary_.file("m") + "' 2> /dev/null").c_str()) == 0) return;
      std::system("sleep 0.2");
    }
  }

  std::filesystem::path at(std::string_view path) const { return temporary_.path() / "m" / path; }

  void write(std::string_view path, std::string_view content) {
    write_file(at(path), content);
    expected_[std::string(path)] = digest_of(content);
  }

  bool set_attribute(std::string_view path, const char* name, const std::string& value) {
    return setxattr(at(path).c_str(), name, value.data(), value.size(), 0) == 0;
  }

  FileSystem& open_image() {
    unmount();
    auto source = open_image_source(temporary_.file("image"), file_opener());
    EXPECT_TRUE(source) << source.error().describe(Language::kEnglish);
    source_ = *std::move(source);
    EXPECT_TRUE(source_->unreadable().empty());
    return *source_->file_systems()[0];
  }

  TemporaryDirectory temporary_;
  bool mounted_ = false;
  std::map<std::string, std::string> expected_;
  std::unique_ptr<Source> source_;
};

TEST_F(NtfsImage, GivesEveryKindOfContent) {
  write("resident.txt", "short");
  write("empty", "");
  write("dir/big.bin", noise(3'000'000, 1));
  write("dir/日本語の名前 と 空白.txt", "日本語");
  // Long enough for a path over 260 characters.
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += "directory number " + std::to_string(i) + "/";
  write(deep + "bottom.txt", "deep");
  ASSERT_GT(deep.size(), 260u);
  // Compressed: the attribute of a directory is inherited.
  std::filesystem::create_directories(at("packed"));
  ASSERT_TRUE(set_attribute("packed", "system.ntfs_attrib", "\0\x08\0\0"s));
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += "line number " + std::to_string(i % 700) + "\n";
  write("packed/text.txt", text);
  write("packed/noise.bin", noise(400'000, 9));
  write("packed/mixed.bin", text + noise(100'000, 4) + std::string(200'000, '\0') + text);
  // Sparse with data in the middle.
  ASSERT_TRUE(run_recipe(temporary_.path(),
                         "truncate -s 20M m/sparse\n"
                         "printf DATA | dd of=m/sparse bs=1 seek=10000000 conv=notrunc\n"));
  // So many fragments that the run list needs extension records and an attribute list.
  ASSERT_TRUE(run_recipe(temporary_.path(), "truncate -s 16M m/fragments\n"));
  {
    std::fstream fragments(at("fragments"), std::ios::in | std::ios::out | std::ios::binary);
    for (int i = 0; i < 1500; ++i) {
      fragments.seekp(i * 10'000);
      fragments << "piece " << i << std::flush;
    }
  }
  expected_["fragments"] = file_digest(at("fragments"));
  expected_["sparse"] = file_digest(at("sparse"));
  // A stream whose first megabytes are a hole, as those of change journals are.
  write("journal:$J", "");
  {
    std::fstream journal(at("journal:$J"), std::ios::in | std::ios::out | std::ios::binary);
    journal.seekp(15'000'000);
    journal << "records" << std::flush;
  }
  expected_["journal:$J"] = file_digest(at("journal:$J"));
  // Streams, also so many that they spill out of the base record.
  write("streams.txt", "main");
  for (int i = 0; i < 60; ++i) {
    write("streams.txt:stream " + std::to_string(i), "content of stream " + std::to_string(i));
  }
  write("streams.txt:big", noise(200'000, 3));
  write("dir:on a directory", "directories have streams too");
  std::filesystem::create_hard_link(at("resident.txt"), at("dir/second name"));
  expected_["dir/second name"] = expected_["resident.txt"];

  FileSystem& file_system = open_image();
  EXPECT_EQ(file_system.info().mount, "$fs$/fs0");
  EXPECT_EQ(file_system.info().label, "証拠");
  const auto walked = walk_all(file_system);
  const auto listed = list_all(file_system);
  for (const auto& [path, digest] : expected_) {
    SCOPED_TRACE(path);
    const auto colon = path.find(':');
    const std::string file = path.substr(0, colon);
    ASSERT_TRUE(walked.contains(file));
    const std::string stream = colon == std::string::npos ? "" : path.substr(colon + 1);
    EXPECT_EQ(content_digest(file_system, walked.at(file), stream), digest);
    ASSERT_TRUE(listed.contains(file));
    EXPECT_EQ(listed.at(file).inode, walked.at(file).inode);
  }
  EXPECT_EQ(walked.at("streams.txt").streams.size(), 61u);
  EXPECT_EQ(walked.at("dir").streams.size(), 1u);
  EXPECT_EQ(walked.at("resident.txt").link_count, 2u);
  EXPECT_EQ(walked.at("dir/second name").inode, walked.at("resident.txt").inode);
  EXPECT_TRUE(walked.at("packed/text.txt").attributes & 0x800);
  EXPECT_EQ(walked.size(), listed.size());
  for (const auto& [path, entry] : listed) {
    ASSERT_TRUE(walked.contains(path)) << path;
    EXPECT_EQ(walked.at(path).name_times.created, entry.name_times.created) << path;
    EXPECT_EQ(walked.at(path).times.modified, entry.times.modified) << path;
    EXPECT_EQ(walked.at(path).streams.size(), entry.streams.size()) << path;
  }

  auto sparse = file_system.open(walked.at("sparse"));
  ASSERT_TRUE(sparse);
  const ByteRange data = (*sparse)->next_data(0);
  EXPECT_LE(data.offset, 10'000'000u);
  EXPECT_GT(data.offset, 9'900'000u);
  EXPECT_GE(data.end(), 10'000'004u);
  EXPECT_EQ((*sparse)->next_data(data.end()).length, 0u);
  auto journal = file_system.open(walked.at("journal"), "$J");
  ASSERT_TRUE(journal);
  EXPECT_EQ((*journal)->size(), 15'000'007u);
  EXPECT_GT((*journal)->next_data(0).offset, 14'900'000u);
}

TEST_F(NtfsImage, AgreesWithTheSleuthKit) {
  if (!have_tool("fls")) GTEST_SKIP() << "fls absent";
  for (int i = 0; i < 300; ++i) {
    write("many/sub " + std::to_string(i % 7) + "/file " + std::to_string(i), std::to_string(i));
  }
  write("many/file:stream", "x");
  std::filesystem::create_hard_link(at("many/sub 1/file 1"), at("many/link"));
  FileSystem& file_system = open_image();
  EXPECT_EQ(walk_facts(file_system), fls_facts(temporary_.file("image"), 0));
}

TEST_F(NtfsImage, LooksUpNamesWithoutCase) {
  write("Windows/System32/Config/Ärger.TXT", "x");
  FileSystem& file_system = open_image();
  EXPECT_EQ(file_system.info().mount, "C:");
  auto entry = file_system.stat("WINDOWS/system32/config/äRGER.txt");
  ASSERT_TRUE(entry) << entry.error().describe(Language::kEnglish);
  EXPECT_EQ(entry->path, "Windows/System32/Config/Ärger.TXT");
  EXPECT_FALSE(file_system.stat("Windows/System32/Config/none"));
  EXPECT_FALSE(file_system.stat("Windows/System32/Config/Ärger.TXT/below"));
}

TEST_F(NtfsImage, SystemFilesAreOpenByPath) {
  FileSystem& file_system = open_image();
  const auto open = [&](std::string_view path, std::string_view stream) {
    auto entry = file_system.stat(path);
    if (!entry) return entry.error().describe(Language::kEnglish);
    auto reader = file_system.open(*entry, stream);
    if (!reader) return reader.error().describe(Language::kEnglish);
    std::array<std::byte, 8> head{};
    auto count = (*reader)->read_at(0, head);
    return std::string(reinterpret_cast<const char*>(head.data()), count ? *count : 0) + "/" +
           ((*reader)->size() > 0 ? "sized" : "empty");
  };
  EXPECT_THAT(open("$MFT", ""), HasSubstr("FILE"));
  EXPECT_THAT(open("$Boot", ""), HasSubstr("NTFS"));
  EXPECT_THAT(open("$LogFile", ""), HasSubstr("sized"));
  EXPECT_THAT(open("$Secure", "$SDS"), HasSubstr("sized"));
  EXPECT_THAT(open("$secure", "$SDS"), HasSubstr("sized"));
  EXPECT_THAT(open("$Bitmap", ""), HasSubstr("sized"));
}

TEST_F(NtfsImage, TellsReparsePointsAndPlaceholders) {
  std::filesystem::create_directories(at("junction"));
  ASSERT_TRUE(set_attribute("junction", "system.ntfs_reparse_data",
                            reparse_data(0xa0000003, junction_data("C:\\Target"))));
  // A file in the cloud: its size without clusters, the tag of a sync engine, recall on access.
  ASSERT_TRUE(
      run_recipe(temporary_.path(), "truncate -s 3M m/cloud.docx\ntruncate -s 3M m/wof.exe\n"));
  ASSERT_TRUE(set_attribute("cloud.docx", "system.ntfs_reparse_data",
                            reparse_data(0x9000601a, std::string(16, 'c'))));
  ASSERT_TRUE(set_attribute("cloud.docx", "system.ntfs_attrib", "\x20\x12\x40\0"s));
  // Fetched again: the tag stays, the bytes are here.
  write("fetched.docx", noise(100'000, 2));
  ASSERT_TRUE(set_attribute("fetched.docx", "system.ntfs_reparse_data",
                            reparse_data(0x9000601a, std::string(16, 'c'))));
  ASSERT_TRUE(set_attribute("wof.exe", "system.ntfs_reparse_data",
                            reparse_data(0x80000017, std::string(16, '\0'))));
  // Anyone can set "offline"; the bytes are evidence all the same.
  write("hidden.php", noise(100'000, 6));
  ASSERT_TRUE(set_attribute("hidden.php", "system.ntfs_attrib", "\x20\x10\0\0"s));

  FileSystem& file_system = open_image();
  const auto walked = walk_all(file_system);
  EXPECT_EQ(walked.at("junction").reparse_tag, 0xa0000003u);
  EXPECT_EQ(walked.at("junction").type, FileType::kSymlink);
  EXPECT_EQ(walked.at("junction").link_target, "C:\\Target");

  const Entry& cloud = walked.at("cloud.docx");
  EXPECT_TRUE(cloud.cloud_placeholder);
  EXPECT_EQ(cloud.size, 3u << 20);
  EXPECT_EQ(cloud.reparse_tag, 0x9000601au);
  auto content = file_system.open(cloud);
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(content.error().detail, HasSubstr("cloud_placeholder"));

  EXPECT_FALSE(walked.at("fetched.docx").cloud_placeholder);
  EXPECT_EQ(content_digest(file_system, walked.at("fetched.docx")), expected_["fetched.docx"]);
  EXPECT_FALSE(walked.at("hidden.php").cloud_placeholder);
  EXPECT_EQ(content_digest(file_system, walked.at("hidden.php")), expected_["hidden.php"]);

  auto zeros = file_system.open(walked.at("wof.exe"));
  ASSERT_FALSE(zeros);
  EXPECT_EQ(zeros.error().code, ErrorCode::kUnsupported);
}

TEST_F(NtfsImage, TakesDeletedContentOnlyWhereNothingElseLies) {
  write("gone/resident.txt", "still in its record");
  write("gone/clusters.bin", noise(200'000, 8));
  write("gone/reused.bin", noise(300'000, 5));
  // Unmounting in between makes the order on the volume certain.
  unmount();
  mount();
  ASSERT_TRUE(mounted_);
  for (const char* name : {"gone/resident.txt", "gone/clusters.bin", "gone/reused.bin"}) {
    std::filesystem::remove(at(name));
  }
  FileSystem& file_system = open_image();
  EXPECT_FALSE(file_system.stat("gone/resident.txt"));
  auto all = walk_all(file_system, true);
  for (const char* name : {"gone/resident.txt", "gone/clusters.bin", "gone/reused.bin"}) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(all.contains(name));
    EXPECT_EQ(all.at(name).allocation, Allocation::kDeleted);
    EXPECT_EQ(content_digest(file_system, all.at(name)), expected_[name]);
  }
  EXPECT_FALSE(walk_all(file_system).contains("gone/resident.txt"));

  // Mark every cluster as taken: nothing of the deleted files may be read any more but what lies
  // in the record itself.
  auto bitmap = file_system.stat("$Bitmap");
  ASSERT_TRUE(bitmap);
  source_.reset();
  std::string image = read_file(temporary_.file("image"));
  // $Bitmap is the run of bytes that istat names; find it by its content instead.
  {
    auto again = open_image_source(temporary_.file("image"), file_opener());
    ASSERT_TRUE(again);
    auto reader = (*again)->file_systems()[0]->open(*bitmap);
    ASSERT_TRUE(reader);
    std::string content((*reader)->size(), '\0');
    ASSERT_TRUE((*reader)->read_at(0, std::as_writable_bytes(std::span(content))));
    const auto offset = image.find(content);
    ASSERT_NE(offset, std::string::npos);
    image.replace(offset, content.size(), std::string(content.size(), '\xff'));
  }
  write_file(temporary_.file("image"), image);
  FileSystem& full = open_image();
  auto refused = full.open(all.at("gone/clusters.bin"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(refused.error().detail, HasSubstr("overwritten"));
  EXPECT_EQ(content_digest(full, all.at("gone/resident.txt")), expected_["gone/resident.txt"]);
}

TEST_F(NtfsImage, KeepsIllFormedNames) {
  write("names/bad\xee\x80\x80name.txt", "lone surrogate");
  unmount();
  // No driver writes a lone surrogate; malware with its own writer does. U+E000 becomes U+D800.
  std::string image = read_file(temporary_.file("image"));
  const std::string before = utf16("bad") + "\x00\xe0"s + utf16("name.txt");
  const std::string after = utf16("bad") + "\x00\xd8"s + utf16("name.txt");
  int changed = 0;
  for (auto found = image.find(before); found != std::string::npos; found = image.find(before)) {
    image.replace(found, after.size(), after);
    ++changed;
  }
  ASSERT_GE(changed, 2);  // the record and the index
  write_file(temporary_.file("image"), image);
  FileSystem& file_system = open_image();
  const std::string name = "names/bad\xed\xa0\x80name.txt";  // WTF-8
  const auto walked = walk_all(file_system);
  ASSERT_TRUE(walked.contains(name));
  EXPECT_TRUE(list_all(file_system).contains(name));
  auto entry = file_system.stat(name);
  ASSERT_TRUE(entry) << entry.error().describe(Language::kEnglish);
  EXPECT_EQ(content_digest(file_system, *entry), digest_of("lone surrogate"));
}

}  // namespace
}  // namespace konseki::testing
