// Shadow copies: bytes of each against the state they were made of, choices, names and facts; and
// what BitLocker says of itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "agent/base/memory_reader.h"
#include "agent/source/image/fve_metadata.h"
#include "agent/source/image/shadow_copies.h"
#include "tests/images/image_files.h"
#include "tests/images/listing.h"
#include "tests/support/corpora.h"

namespace konseki::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string project() {
  const char* given = std::getenv("KONSEKI_PROJECT");
  return given != nullptr ? given : ".";
}

// s0.raw, s1.raw (the states of the copies), s2.raw, and v.raw with all of them.
bool make_volume(const TemporaryDirectory& temporary) {
  return run_recipe(
      temporary.path(),
      "export PATH=$PATH:/usr/sbin:/sbin\n"
      "truncate -s 8M s0.raw && mkntfs -q -F -s 512 -c 4096 -L SHADOW s0.raw\n"
      "printf 'of the first state' > old; printf 'of the second' > mid\n"
      "printf 'of now' > new; seq 20000 > big\n"
      "ntfscp -q s0.raw big same.txt; ntfscp -q s0.raw old changed.txt\n"
      "cp s0.raw s1.raw; ntfscp -q s1.raw mid changed.txt; ntfscp -q s1.raw mid only2\n"
      "cp s1.raw s2.raw; ntfscp -q s2.raw new changed.txt\n"
      "python3 '" +
          project() + "/tests/images/make_shadow_copies.py' v.raw s0.raw s1.raw s2.raw\n");
}

#define REQUIRE_TOOLS()                                      \
  for (const char* tool : {"mkntfs", "ntfscp", "python3"}) { \
    if (!have_tool(tool)) GTEST_SKIP() << tool << " absent"; \
  }                                                          \
  const TemporaryDirectory temporary;                        \
  ASSERT_TRUE(make_volume(temporary))

ShadowCopies::Opener opener_of(const std::string& path) {
  return [path] { return *file_opener()(path); };
}

TEST(ShadowCopies, EachCopyIsTheVolumeOfItsTime) {
  REQUIRE_TOOLS();
  const auto open = opener_of(temporary.file("v.raw"));
  ASSERT_TRUE(ShadowCopies::present(*open()));
  EXPECT_FALSE(ShadowCopies::present(*opener_of(temporary.file("s2.raw"))()));
  const auto copies = ShadowCopies::open(open);
  ASSERT_TRUE(copies) << copies.error().detail;
  ASSERT_EQ(copies->copies().size(), 2u);
  EXPECT_EQ(copies->copies()[0].id, "c0b1e000-0000-4000-8000-000000000000");
  EXPECT_EQ(copies->copies()[0].created.iso8601(), "2024-01-01T00:00:00.000000000Z");
  EXPECT_EQ(copies->copies()[1].created.iso8601(), "2024-01-02T00:00:00.000000000Z");
  for (std::size_t i = 0; i < 2; ++i) {
    const auto bytes = copies->open_copy(i);
    ASSERT_TRUE(bytes) << bytes.error().detail;
    EXPECT_EQ(digest_of(**bytes), file_digest(temporary.file("s" + std::to_string(i) + ".raw")));
  }
}

std::vector<std::string> mounts_of(Source& source) {
  std::vector<std::string> mounts;
  for (const auto& volume : source.file_systems()) mounts.push_back(volume->info().mount);
  return mounts;
}

TEST(ShadowCopies, ChoicesNamesAndFacts) {
  REQUIRE_TOOLS();
  const auto open_with = [&](std::optional<SnapshotChoice> choice) {
    auto source =
        open_image_source(temporary.file("v.raw"), file_opener(),
                          choice ? SnapshotAsker([=] { return *choice; }) : SnapshotAsker());
    EXPECT_TRUE(source) << source.error().detail;
    return *std::move(source);
  };
  EXPECT_THAT(mounts_of(*open_with(std::nullopt)), ElementsAre("$fs$/fs0"));
  EXPECT_THAT(mounts_of(*open_with(SnapshotChoice::kNone)), ElementsAre("$fs$/fs0"));
  EXPECT_THAT(mounts_of(*open_with(SnapshotChoice::kNewest)), ElementsAre("$fs$/fs0", "$vss$/2"));
  const auto source = open_with(SnapshotChoice::kAll);
  ASSERT_THAT(mounts_of(*source), ElementsAre("$fs$/fs0", "$vss$/2", "$vss$/1"));
  EXPECT_THAT(source->unreadable(), IsEmpty());
  const auto volumes = source->file_systems();
  EXPECT_EQ(find_detail(source->details(), "$fs$/fs0")->snapshots, 2u);
  EXPECT_EQ(find_snapshot(source->details(), "$fs$/fs0"), nullptr);
  const VolumeDetail* oldest = find_snapshot(source->details(), "$vss$/1");
  ASSERT_NE(oldest, nullptr);
  EXPECT_EQ(oldest->snapshot, "c0b1e000-0000-4000-8000-000000000000");
  EXPECT_EQ(oldest->snapshot_of, "$fs$/fs0");
  EXPECT_EQ(oldest->snapshot_time->iso8601(), "2024-01-01T00:00:00.000000000Z");
  const auto content = [&](std::size_t volume, const std::string& path) -> std::string {
    const auto entry = volumes[volume]->stat(path);
    return entry ? content_digest(*volumes[volume], *entry) : "absent";
  };
  EXPECT_EQ(content(0, "changed.txt"), digest_of("of now"));
  EXPECT_EQ(content(1, "changed.txt"), digest_of("of the second"));
  EXPECT_EQ(content(2, "changed.txt"), digest_of("of the first state"));
  EXPECT_EQ(content(1, "only2"), digest_of("of the second"));
  EXPECT_EQ(content(2, "only2"), "absent");
  EXPECT_EQ(content(2, "same.txt"), file_digest(temporary.file("big")));
}

TEST(ShadowCopies, DamagedCataloguesAreNamedAndTheVolumeIsRead) {
  REQUIRE_TOOLS();
  std::string volume = read_file(temporary.file("v.raw"));
  const std::size_t catalogue = 8 << 20;
  for (const auto& [at, length] :
       std::vector<std::pair<std::size_t, std::size_t>>{{0x1e00 + 48, 8},
                                                        {catalogue, 16},
                                                        {catalogue + 128, 256},
                                                        {catalogue + 0x4000, 0x8000}}) {
    std::string damaged = volume;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), length, '\xff');
    write_file(temporary.file("d.raw"), damaged);
    const auto source = open_image_source(temporary.file("d.raw"), file_opener(),
                                          [] { return SnapshotChoice::kAll; });
    ASSERT_TRUE(source) << at;
    ASSERT_FALSE((*source)->file_systems().empty());
    EXPECT_TRUE((*source)->file_systems()[0]->stat("changed.txt")) << at;
    for (const UnreadableVolume& each : (*source)->unreadable()) {
      EXPECT_EQ(each.type, "shadow_copy");
      EXPECT_FALSE(each.detail.empty());
      EXPECT_FALSE(each.advice.ja.empty());
    }
  }
}

TEST(ShadowCopies, RealVolumeOfTheCorpora) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  const std::string path = corpora + "/disk-images/log2timeline__plaso/test_data/vsstest.qcow2";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " absent";
  const auto source = open_image_source(path, file_opener(), [] { return SnapshotChoice::kAll; });
  ASSERT_TRUE(source) << source.error().detail;
  ASSERT_THAT(mounts_of(**source), ElementsAre("$fs$/fs0", "$vss$/2", "$vss$/1"));
  const auto volumes = (*source)->file_systems();
  const VolumeDetail* oldest = find_snapshot((*source)->details(), "$vss$/1");
  ASSERT_NE(oldest, nullptr);
  EXPECT_EQ(oldest->snapshot, "4e3c03c2-7bc6-4288-ad96-c1eac1a55f71");
  EXPECT_EQ(oldest->snapshot_time->iso8601(), "2013-12-03T06:35:09.736378700Z");
  // As vshadowmount and The Sleuth Kit's tools show it: syslog was packed after the first copy, and
  // password.txt came after the second.
  const auto digest = [&](std::size_t volume, const std::string& inside) -> std::string {
    const auto entry = volumes[volume]->stat(inside);
    return entry ? content_digest(*volumes[volume], *entry) : "absent";
  };
  constexpr const char* kPacked =
      "841c1522cad7c594eb63c6544f9ea22a08dc56351f17b6fe14149dfd4b4fb64c";
  EXPECT_EQ(digest(0, "syslog.gz"), kPacked);
  EXPECT_EQ(digest(1, "syslog.gz"), kPacked);
  EXPECT_EQ(digest(2, "syslog"),
            "0420b023f8dc1b71ff25191ce4ce88d10028f99f99f7c21532611f4c273aeae9");
  EXPECT_EQ(digest(2, "syslog.gz"), "absent");
  EXPECT_EQ(digest(1, "another_file"),
            "c7fbc0e821c0871805a99584c6a384533909f68a6bbe9a2a687d28d9f3b10c16");
  EXPECT_EQ(digest(2, "another_file"), "absent");
  EXPECT_NE(digest(0, "password.txt"), "absent");
  EXPECT_EQ(digest(1, "password.txt"), "absent");
}

// A BitLocker volume of Windows 7 and later, as far as it lies in the clear.
std::vector<std::byte> fve_volume(std::uint16_t protector, bool first_copy_sound = true) {
  std::vector<std::byte> bytes(256 * 1024);
  const auto put = [&](std::size_t at, std::string_view text) {
    std::memcpy(bytes.data() + at, text.data(), text.size());
  };
  const auto number = [&](std::size_t at, std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i)
      bytes[at + static_cast<std::size_t>(i)] = static_cast<std::byte>(value >> (8 * i));
  };
  using namespace std::string_view_literals;
  put(3, "-FVE-FS-");
  number(11, 512, 2);
  put(160, "\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01"sv);
  for (int copy = 0; copy < 3; ++copy) {
    const std::size_t at = static_cast<std::size_t>(64 * 1024 * (copy + 1));
    number(static_cast<std::size_t>(176 + 8 * copy), at, 8);
    if (copy == 0 && !first_copy_sound) continue;
    put(at, "-FVE-FS-");
    number(at + 10, 2, 2);
    number(at + 12, 4, 2);
    const std::size_t header = at + 64;
    const std::size_t text_entry = header + 48;
    const std::size_t key_entry = text_entry + 8 + 10;
    number(header, 48 + 18 + 8 + 28, 4);
    number(header + 8, 48, 4);
    number(header + 36, 0x8004, 4);
    number(header + 40, 133485408000000000, 8);  // 2024-01-01
    number(text_entry, 18, 2);
    number(text_entry + 2, 7, 2);
    number(text_entry + 4, 2, 2);
    put(text_entry + 8, "P\0C\0 \0C\0\0\0"sv);
    number(key_entry, 36, 2);
    number(key_entry + 2, 2, 2);
    number(key_entry + 4, 8, 2);
    number(key_entry + 8, 0x01020304, 4);
    number(key_entry + 8 + 26, protector, 2);
  }
  return bytes;
}

TEST(Fve, FactsInTheClear) {
  MemoryReader volume(fve_volume(0x0800));
  EXPECT_TRUE(is_fve_volume(volume));
  const auto facts = read_fve_facts(volume);
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->text(),
            "encrypted, AES-XTS 128, set up 2024-01-01T00:00:00.000000000Z; protectors: recovery "
            "password {01020304-0000-0000-0000-000000000000}; \"PC C\"");
  EXPECT_FALSE(facts->has_clear_key());
  MemoryReader suspended(fve_volume(0, false));  // and the first copy is lost
  const auto other = read_fve_facts(suspended);
  ASSERT_TRUE(other) << other.error().detail;
  EXPECT_TRUE(other->has_clear_key());
}

TEST(Fve, EveryByteOfTheMetadataMayBeWrong) {
  const std::vector<std::byte> sound = fve_volume(0x0100);
  for (std::size_t at = 0; at < 240; ++at) {
    for (const std::uint8_t value : {0x00, 0x7f, 0xff}) {
      std::vector<std::byte> bytes = sound;
      bytes[64 * 1024 + at] = static_cast<std::byte>(value);
      bytes[at] = static_cast<std::byte>(value);
      MemoryReader volume(std::move(bytes));
      (void)read_fve_facts(volume);  // no crash, no endless loop
    }
  }
  MemoryReader none(std::vector<std::byte>(4096));
  EXPECT_FALSE(is_fve_volume(none));
  EXPECT_EQ(read_fve_facts(none).error().code, ErrorCode::kNotFound);
}

TEST(Fve, LockedVolumeIsNamedWithItsRecoveryKeyId) {
  const TemporaryDirectory temporary;
  const std::vector<std::byte> bytes = fve_volume(0x0800);
  write_file(temporary.file("fve.raw"),
             {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto source = open_image_source(temporary.file("fve.raw"), file_opener());
  ASSERT_TRUE(source) << source.error().detail;
  ASSERT_EQ((*source)->unreadable().size(), 1u);
  const UnreadableVolume& locked = (*source)->unreadable()[0];
  EXPECT_EQ(locked.type, "bitlocker");
  EXPECT_THAT(locked.detail, HasSubstr("AES-XTS 128"));
  EXPECT_THAT(locked.advice.en, HasSubstr("01020304-0000-0000-0000-000000000000"));
  EXPECT_THAT(locked.advice.ja, HasSubstr("回復キー ID: 01020304-"));
}

TEST(Fve, BitLockerToGoOfTheCorporaEndsBeforeItsMetadata) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  const std::string path = corpora + "/disk-images/log2timeline__dfvfs/test_data/bdetogo.raw";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " absent";
  const auto source = open_image_source(path, file_opener());
  ASSERT_TRUE(source) << source.error().detail;
  ASSERT_EQ((*source)->unreadable().size(), 1u);
  EXPECT_EQ((*source)->unreadable()[0].type, "bitlocker");
  EXPECT_THAT((*source)->unreadable()[0].detail, HasSubstr("no sound BitLocker metadata"));
}

}  // namespace
}  // namespace konseki::testing
