// Pure decoders of the image room: run lists, records, names, FAT entries, security descriptors,
// directory blocks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "agent/base/memory_reader.h"
#include "agent/source/image/cached_reader.h"
#include "agent/source/image/ext_directory.h"
#include "agent/source/image/fat_facts.h"
#include "agent/source/image/ntfs_record.h"
#include "agent/source/image/ntfs_reparse.h"
#include "agent/source/image/ntfs_security.h"
#include "tests/images/image_files.h"

namespace konseki::testing {
namespace {

using ::testing::ElementsAre;
using namespace std::string_literals;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

MATCHER_P3(IsRun, vcn, length, lcn, "") {
  return arg.vcn == static_cast<std::uint64_t>(vcn) &&
         arg.length == static_cast<std::uint64_t>(length) && arg.lcn == std::uint64_t(lcn);
}

TEST(NtfsRuns, OffsetsAreSignedAndRelative) {
  std::vector<NtfsRun> runs;
  // 24 clusters at 0x5634, 16 before it at -16, a hole of 8.
  EXPECT_TRUE(decode_ntfs_runs(bytes_of("\x21\x18\x34\x56\x11\x10\xf0\x01\x08\x00"s), 100, runs));
  EXPECT_THAT(runs, ElementsAre(IsRun(100, 0x18, 0x5634), IsRun(124, 16, 0x5624),
                                IsRun(140, 8, NtfsRun::kSparse)));
}

TEST(NtfsRuns, DamageKeepsWhatWasSound) {
  std::vector<NtfsRun> runs;
  EXPECT_FALSE(decode_ntfs_runs(bytes_of("\x11\x02\x05\x11\x02\x80"s), 0, runs));  // below zero
  EXPECT_EQ(runs.size(), 1u);
  EXPECT_FALSE(decode_ntfs_runs(bytes_of("\x44\x01"s), 0, runs));          // cut
  EXPECT_FALSE(decode_ntfs_runs(bytes_of("\x9f\x01\x02\x03"s), 0, runs));  // impossible widths
  EXPECT_FALSE(decode_ntfs_runs(bytes_of("\x10\x00"s), 0, runs));
}

TEST(NtfsFixup, TornWritesAreFound) {
  std::string record(1024, 'x');
  record.replace(0, 8, "FILE\x30\0\x03\0"s);
  record.replace(0x30, 6,
                 "\x07\x00"
                 "ab"
                 "cd"s);
  record.replace(510, 2, "\x07\x00"s);
  record.replace(1022, 2, "\x07\x00"s);
  std::string sound = record;
  EXPECT_TRUE(apply_ntfs_fixup(std::as_writable_bytes(std::span(sound)), "FILE"));
  EXPECT_EQ(sound.substr(510, 2), "ab");
  EXPECT_EQ(sound.substr(1022, 2), "cd");
  std::string torn = record;
  torn[1022] = '\x08';
  EXPECT_FALSE(apply_ntfs_fixup(std::as_writable_bytes(std::span(torn)), "FILE"));
  EXPECT_FALSE(apply_ntfs_fixup(std::as_writable_bytes(std::span(torn)), "INDX"));
}

TEST(NtfsText, PairsJoinAndLoneSurrogatesStay) {
  std::string out;
  append_utf16le(out, bytes_of("a\0\x3d\xd8\x00\xde\x00\xd8\x42\x30"s));
  EXPECT_EQ(out, "a\xf0\x9f\x98\x80\xed\xa0\x80\xe3\x81\x82");
}

TEST(NtfsReparse, LinuxLinksAndExecutables) {
  auto link = decode_reparse(bytes_of("\x1d\0\0\xa0\x0a\0\0\0\x02\0\0\0target"s));
  ASSERT_TRUE(link);
  EXPECT_EQ(link->target, "target");
  EXPECT_EQ(link->type, FileType::kSymlink);
  auto executable =
      decode_reparse(bytes_of("\x1b\0\0\x80\x20\0\0\0\x03\0\0\0p\0\0\0a\0\0\0C\0:\0\\\0x\0\0\0"
                              "0\0\0\0"s));
  ASSERT_TRUE(executable);
  EXPECT_EQ(executable->target, "C:\\x");
  EXPECT_FALSE(decode_reparse(bytes_of("\x1b\0"s)));
  // Lengths that leave the data give no target, nothing worse.
  auto wild =
      decode_reparse(bytes_of("\x0c\0\0\xa0\x0c\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"s));
  ASSERT_TRUE(wild);
  EXPECT_EQ(wild->target, "");
}

TEST(NtfsReparse, CloudTags) {
  for (const std::uint32_t tag : {0x9000001au, 0x9000101au, 0x9000601au, 0x9000f01au}) {
    EXPECT_TRUE(is_cloud_tag(tag)) << tag;
  }
  EXPECT_FALSE(is_cloud_tag(0xa000000c));
  EXPECT_FALSE(is_cloud_tag(0x80000017));
}

TEST(NtfsOwner, OfDescriptors) {
  std::string descriptor("\x01\0\x04\x80", 4);
  descriptor += "\x14\0\0\0"s + std::string(12, '\0');
  descriptor += "\x01\x02\0\0\0\0\0\x05\x20\0\0\0\x20\x02\0\0"s;
  EXPECT_EQ(owner_of_descriptor(bytes_of(descriptor)), "S-1-5-32-544");
  descriptor.resize(descriptor.size() - 1);
  EXPECT_EQ(owner_of_descriptor(bytes_of(descriptor)), "");
}

std::array<std::byte, kFatEntrySize> fat_entry(const std::string& text) {
  std::array<std::byte, kFatEntrySize> entry{};
  std::memcpy(entry.data(), text.data(), std::min(text.size(), entry.size()));
  return entry;
}

TEST(FatFacts, TimesHaveTenMilliseconds) {
  // Created 2024-02-29 23:59:58 and 1.5 s; accessed 2024-03-01; modified 1980-01-01 00:00:02.
  const auto facts = decode_fat_entry(
      fat_entry("NAME    TXT\x21\0\x96\x7d\xbf\x5d\x58\x61\x58\0\0\x01\0\x21\0\0\0\0\0\0\0"s),
      false);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->attributes, 0x21u);
  ASSERT_TRUE(facts->times.created && facts->times.accessed && facts->times.modified);
  EXPECT_EQ(facts->times.created->iso8601(), "2024-02-29T23:59:59.500000000Z");
  EXPECT_EQ(facts->times.accessed->iso8601(), "2024-03-01T00:00:00.000000000Z");
  EXPECT_EQ(facts->times.modified->iso8601(), "1980-01-01T00:00:02.000000000Z");
}

TEST(FatFacts, AbsentTimesAndLongNamePiecesAreNothing) {
  auto facts = decode_fat_entry(fat_entry("NAME    TXT"s), false);
  ASSERT_TRUE(facts);
  EXPECT_FALSE(facts->times.created);
  EXPECT_FALSE(decode_fat_entry(fat_entry("AAAAAAAAAAA\x0f"s), false));
}

TEST(FatFacts, ExfatCountsFromUtc) {
  // 2024-05-06 07:08:10 written at UTC+9 (36 quarters of an hour).
  const auto facts = decode_fat_entry(
      fat_entry(
          "\x85\x02\0\0\x20\0\0\0\x05\x39\xa6\x58\x05\x39\xa6\x58\x05\x39\xa6\x58\0\x64\xa4\xa4\x80"s),
      true);
  ASSERT_TRUE(facts && facts->times.created && facts->times.accessed && facts->times.modified);
  EXPECT_EQ(facts->times.created->iso8601(), "2024-05-05T22:08:10.000000000Z");
  EXPECT_EQ(facts->times.modified->iso8601(), "2024-05-05T22:08:11.000000000Z");
  EXPECT_EQ(facts->times.accessed->iso8601(), "2024-05-06T07:08:10.000000000Z");
}

TEST(ExtDirectory, DeletedNamesAreInTheGaps) {
  // "a" took over the room of a deleted "gone".
  std::string block =
      "\x0c\0\0\0\x20\0\x01\x01"
      "a\0\0\0"s +
      "\x0d\0\0\0\x14\0\x04\x01gone"s;
  block += std::string(8, '\0');
  block +=
      "\x0e\0\0\0\x10\0\x01\x02"
      "b"s +
      std::string(7, '\0');
  std::vector<std::string> names;
  EXPECT_TRUE(visit_ext_block(bytes_of(block), false, true, 100, [&](const ExtName& name) {
    names.push_back((name.deleted ? "-" : "+") + std::string(name.name));
    return true;
  }));
  EXPECT_THAT(names, ElementsAre("+a", "-gone", "+b"));
  names.clear();
  visit_ext_block(bytes_of(block), false, false, 100, [&](const ExtName& name) {
    names.emplace_back(name.name);
    return true;
  });
  EXPECT_THAT(names, ElementsAre("a", "b"));
}

TEST(ExtDirectory, ZeroLengthsEndTheBlock) {
  const std::string block(64, '\0');
  EXPECT_FALSE(
      visit_ext_block(bytes_of(block), false, true, 100, [](const ExtName&) { return true; }));
}

// Notes what reaches it.
class Watched : public MemoryReader {
 public:
  using MemoryReader::MemoryReader;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    EXPECT_EQ(offset % CachedReader::kBlockSize, 0u);
    ++reads;
    return MemoryReader::read_at(offset, out);
  }
  int reads = 0;
};

TEST(CachedReader, GivesTheSameBytesInAlignedReads) {
  const std::string content = noise(1'000'003, 1);
  const auto bytes = bytes_of(content);
  auto watched = std::make_unique<Watched>(std::vector<std::byte>(bytes.begin(), bytes.end()));
  Watched& below = *watched;
  CachedReader reader(std::move(watched));
  EXPECT_EQ(digest_of(reader), digest_of(content));
  below.reads = 0;
  std::array<std::byte, 100> out{};
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(reader.read_at(500'000 + static_cast<std::uint64_t>(i) * 10, out).value(),
              out.size());
  }
  EXPECT_LE(below.reads, 1);
  EXPECT_EQ(reader.read_at(999'999, out).value(), 4u);
  EXPECT_EQ(reader.read_at(1'000'003, out).value(), 0u);
}

}  // namespace
}  // namespace konseki::testing
