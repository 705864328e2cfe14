// Compiled indicators: built, opened, looked up, damaged.
#include "agent/match/indicators/index.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "agent/match/indicators/atom_key.h"
#include "agent/match/indicators/index_builder.h"
#include "agent/match/stix/pattern_parser.h"

namespace konseki::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

Atom atom(AtomType type, std::string_view text) { return make_atom(type, text).value(); }

IndicatorInfo info(std::string id, std::string file = "feed.json") {
  IndicatorInfo out;
  out.id = std::move(id);
  out.file = std::move(file);
  return out;
}

std::shared_ptr<const IndicatorIndex> opened(IndicatorIndexBuilder& builder) {
  auto bytes = builder.finish();
  return IndicatorIndex::from_bytes(bytes.value(), "x.kix").value();
}

// Files of the indicators that hold a value.
std::vector<std::string> holders(const IndicatorIndex& index, AtomType type,
                                 std::string_view text) {
  const std::string payload = atom_payload(type, atom(type, text).value);
  std::vector<std::string> out;
  index.find(type, atom_key(type, payload), [&](std::uint32_t value) {
    if (index.payload(value) != payload) return;
    for (const std::uint32_t owner : index.owners(value)) {
      const auto found = index.info(owner);
      out.push_back(found->file + "#" + found->id);
    }
  });
  return out;
}

TEST(Index, ValuesOfSeveralFeedsBecomeOneWithAllOrigins) {
  IndicatorIndexBuilder builder;
  builder.take(info("a", "one.json"), {atom(AtomType::kDomain, "evil.example")});
  builder.take(info("b", "two.csv"), {atom(AtomType::kDomain, "EVIL[.]example"),
                                      atom(AtomType::kMd5, std::string(32, 'a'))});
  const auto index = opened(builder);
  EXPECT_EQ(index->value_count(), 2U);
  EXPECT_EQ(index->summary().atoms.at(AtomType::kDomain), 1U);
  EXPECT_THAT(holders(*index, AtomType::kDomain, "evil.example"),
              ElementsAre("one.json#a", "two.csv#b"));
  EXPECT_THAT(holders(*index, AtomType::kMd5, std::string(32, 'A')), ElementsAre("two.csv#b"));
  EXPECT_THAT(holders(*index, AtomType::kDomain, "good.example"), ElementsAre());
}

TEST(Index, EverythingKnownOfAnIndicatorComesBack) {
  IndicatorInfo full = info("indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f");
  full.name = "Evil";
  full.name_ja = "悪";
  full.source = "team";
  full.technique = "T1071";
  full.types = {"malicious-activity"};
  full.labels = {"a", "b"};
  full.markings = {"TLP:AMBER"};
  full.confidence = 85;
  full.valid_from = stix::parse_instant("2020-01-02T03:04:05.678Z");
  full.valid_until = stix::parse_instant("2021-01-02T03:04:05Z");
  full.modified = *stix::parse_instant("0001-01-01T00:00:00Z");
  full.revoked = true;
  IndicatorIndexBuilder builder;
  builder.take(full, {atom(AtomType::kIpAddress, "192.0.2.1:443")});
  const auto index = opened(builder);
  const IndicatorInfo read = index->info(index->owners(0).at(0)).value();
  EXPECT_EQ(read.id, full.id);
  EXPECT_EQ(read.name_ja, full.name_ja);
  EXPECT_EQ(read.labels, full.labels);
  EXPECT_EQ(read.markings, full.markings);
  EXPECT_EQ(read.confidence, full.confidence);
  EXPECT_TRUE(read.valid_from == full.valid_from && read.valid_until == full.valid_until);
  EXPECT_TRUE(read.modified == full.modified && read.revoked);
  EXPECT_EQ(index->port(0), 443);
}

TEST(Index, OnlyTheLatestVersionOfAnIdStays) {
  IndicatorInfo old_one = info("x");
  old_one.modified = 1;
  IndicatorInfo new_one = info("x");
  new_one.modified = 2;
  IndicatorIndexBuilder builder;
  builder.take(new_one, {atom(AtomType::kDomain, "new.example")});
  builder.take(old_one, {atom(AtomType::kDomain, "old.example")});
  const auto index = opened(builder);
  EXPECT_THAT(holders(*index, AtomType::kDomain, "new.example"), SizeIs(1));
  EXPECT_THAT(holders(*index, AtomType::kDomain, "old.example"), SizeIs(0));
  EXPECT_EQ(index->summary().superseded, 1U);
}

TEST(Index, PatternsExpressionsRulesAndRefusalsAreKept) {
  IndicatorIndexBuilder builder;
  builder.take(info("p"), stix::parse_pattern("[process:command_line LIKE '%-enc %' AND "
                                              "process:name = 'powershell.exe'] FOLLOWEDBY "
                                              "[network-traffic:dst_port = 4444]",
                                              stix::Version::k21)
                              .value());
  builder.take(info("r"), {atom(AtomType::kPathRegex, R"((?i)\\temp\\[a-z]+\.scr$)")});
  builder.take_yara(info("y"), "rule a { condition: true }");
  builder.refuse(info("n"), "snort", {"not applied", "適用しません"});
  const auto index = opened(builder);
  const auto patterns = index->patterns().value();
  ASSERT_THAT(patterns, SizeIs(1));
  ASSERT_THAT(patterns[0].tests, SizeIs(2));
  EXPECT_THAT(patterns[0].tests[0].types, ElementsAre("process"));
  EXPECT_THAT(patterns[0].tests[0].literals, ElementsAre("powershell.exe"));
  EXPECT_THAT(patterns[0].tests[1].literals, ElementsAre());
  EXPECT_THAT(index->expressions()->at(0).literals, ElementsAre(".scr"));
  EXPECT_EQ(index->rules()->at(0).text, "rule a { condition: true }");
  EXPECT_EQ(index->refused()->at(0).id, "n");
  EXPECT_EQ(index->refused()->at(0).reason.ja, "適用しません");
}

// A feed of another kind refuses all that it holds.
TEST(Index, SomeOfVeryManyRefusedAreKeptAndAllAreCounted) {
  IndicatorIndexBuilder builder;
  builder.take(info("old"), {atom(AtomType::kDomain, "old.example")});
  for (int i = 0; i < 12'000; ++i) {
    builder.refuse(info(""), "row " + std::to_string(i), {"not applied", "適用しません"});
  }
  // Not kept, and a newer version all the same.
  IndicatorInfo newer = info("old");
  newer.modified = stix::kDistantPast + 1;
  builder.refuse(newer, "new", {"not applied", "適用しません"});
  const auto index = opened(builder);
  EXPECT_EQ(index->summary().refused, 12'001U);
  EXPECT_EQ(index->refused()->size(), IndicatorIndexBuilder::kMostRefused);
  EXPECT_EQ(index->refused()->at(9'999).detail, "row 9999");
  EXPECT_THAT(holders(*index, AtomType::kDomain, "old.example"), SizeIs(0));
}

TEST(Index, NoTextStandsInTheFileAsItIs) {
  IndicatorIndexBuilder builder;
  builder.take(info("some-id", "feed.json"),
               {atom(AtomType::kDomain, "evil.example"), atom(AtomType::kPathRegex, "mimidrv")});
  builder.take_yara(info("y"), "rule a { condition: true }");
  const auto bytes = builder.finish().value();
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const char* word : {"evil", "feed", "some-id", "mimidrv", "rule a"}) {
    EXPECT_THAT(text, Not(HasSubstr(word)));
  }
}

TEST(Index, TheSameIndicatorsGiveTheSameBytes) {
  const auto build = [] {
    IndicatorIndexBuilder builder;
    builder.take(info("a"), {atom(AtomType::kDomain, "a.example"),
                             atom(AtomType::kIpNetwork, "198.51.100.0/24")});
    builder.take(info("b"), {atom(AtomType::kUrl, "http://a.example/x")});
    return builder.finish().value();
  };
  EXPECT_EQ(build(), build());
}

TEST(Index, ManyValuesAreAllFoundAndOthersNot) {
  IndicatorIndexBuilder builder;
  for (int i = 0; i < 20'000; ++i) {
    builder.take(info(std::to_string(i)),
                 {atom(AtomType::kDomain, "h" + std::to_string(i) + ".example")});
  }
  const auto index = opened(builder);
  int passed = 0;
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_THAT(holders(*index, AtomType::kDomain, "h" + std::to_string(i) + ".example"),
                SizeIs(1));
    const std::string other = "g" + std::to_string(i) + ".example";
    ASSERT_THAT(holders(*index, AtomType::kDomain, other), SizeIs(0));
    passed += index->may_hold(AtomType::kDomain, other) ? 1 : 0;
  }
  EXPECT_LT(passed, 20'000 / 30);
}

TEST(Index, AnEmptyOneIsValid) {
  IndicatorIndexBuilder builder;
  const auto index = opened(builder);
  EXPECT_EQ(index->value_count(), 0U);
  EXPECT_FALSE(index->may_hold(AtomType::kDomain, "a.example"));
}

TEST(Index, OtherFilesAndVersionsAreToldApart) {
  const auto open_error = [](std::vector<std::byte> bytes) {
    const auto index = IndicatorIndex::from_bytes(std::move(bytes), "x.kix");
    return index ? std::string("ok") : std::string(error_code_name(index.error().code));
  };
  IndicatorIndexBuilder builder;
  const auto bytes = builder.finish().value();
  EXPECT_EQ(open_error({}), "invalid_argument");
  EXPECT_EQ(open_error(std::vector<std::byte>(bytes.begin(), bytes.begin() + 8)), "corrupt");
  auto other = bytes;
  other[8] = std::byte{9};
  EXPECT_EQ(open_error(other), "unsupported");
  EXPECT_EQ(open_error(bytes), "ok");
}

TEST(Index, AnyChangedByteIsNoticed) {
  IndicatorIndexBuilder builder;
  for (int i = 0; i < 20; ++i) {
    builder.take(info(std::to_string(i)),
                 {atom(AtomType::kDomain, "h" + std::to_string(i) + ".example")});
  }
  const auto bytes = builder.finish().value();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] ^= std::byte{0x10};
    ASSERT_FALSE(IndicatorIndex::from_bytes(std::move(changed), "x.kix")) << i;
  }
}

TEST(Index, OpensFromAFile) {
  IndicatorIndexBuilder builder;
  builder.take(info("a"), {atom(AtomType::kDomain, "a.example")});
  const auto bytes = builder.finish().value();
  const auto path = std::filesystem::temp_directory_path() / "konseki_index_test.kix";
  {
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  }
  {
    const auto index = IndicatorIndex::open(path.string());
    ASSERT_TRUE(index);
    EXPECT_THAT(holders(**index, AtomType::kDomain, "a.example"), SizeIs(1));
  }
  std::filesystem::remove(path);  // Windows keeps what is mapped
  EXPECT_FALSE(IndicatorIndex::open(path.string()));
}

TEST(AtomKey, PathsFitAtTheirEnd) {
  EXPECT_TRUE(ends_in_path("c:/windows/temp/x.exe", "temp/x.exe", '/'));
  EXPECT_FALSE(ends_in_path("c:/windows/mytemp/x.exe", "temp/x.exe", '/'));
  EXPECT_TRUE(ends_in_path("c:/windows/temp/x.exe", "%temp%/x.exe", '/'));
  EXPECT_TRUE(ends_in_path("/tmp/x.exe", "/tmp/x.exe", '/'));
  EXPECT_TRUE(ends_in_path("c:/users/a/appdata/roaming/y/x.exe", "%appdata%/y/x.exe", '/'));
  EXPECT_FALSE(ends_in_path("c:/users/a/appdata/local/y/x.exe", "%appdata%/y/x.exe", '/'));
  EXPECT_TRUE(ends_in_path("c:/users/a/x.exe", "%userprofile%/x.exe", '/'));
  EXPECT_FALSE(ends_in_path("c:/users/a/b/x.exe", "%userprofile%/x.exe", '/'));
  EXPECT_TRUE(ends_in_path("d:/x.exe", "%systemdrive%/x.exe", '/'));
  EXPECT_FALSE(ends_in_path("d:/y/x.exe", "%systemdrive%/x.exe", '/'));
  EXPECT_EQ(folded_key(R"(HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\x)"),
            R"(hkey_local_machine\system\currentcontrolset\services\x)");
}

}  // namespace
}  // namespace konseki::testing
