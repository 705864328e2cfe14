#include "agent/base/registry_hive.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "agent/base/memory_reader.h"
#include "tests/support/corpora.h"
#include "tests/support/regf_builder.h"

namespace konseki {
namespace {

using testing::HiveKey;

std::vector<std::byte> to_bytes(const std::string& text) {
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

HiveKey sample() {
  HiveKey root;
  root.name = "ROOT";
  HiveKey& run = root.at("Software/Microsoft/Run");
  run.last_written = 133'000'000'000'000'000;
  run.values = {testing::sz("Updater", "C:\\a b\\x.exe"),
                testing::dword("n", 7),
                testing::multi_sz("list", {"one", "two"}),
                testing::qword("q", 1ULL << 40),
                testing::expand_sz("名前", "%TEMP%\\\xED\xA0\x80"),
                testing::binary("big", std::string(40'000, 'x')),
                testing::sz("", "default")};
  HiveKey slashes;
  slashes.name = "http://host";
  root.at("Software").subkeys.push_back(slashes);
  root.at("Software/caf\u00E9");
  root.at("Software/痕跡");
  return root;
}

struct Count {
  std::size_t keys = 0;
  std::size_t values = 0;
  std::size_t damaged = 0;
};

void count_below(const RegistryKey& key, Count& count) {
  ++count.keys;
  std::size_t unread = 0;
  if (auto values = key.values(&unread)) {
    count.values += values->size();
    count.damaged += unread;
  } else {
    ++count.damaged;
  }
  count.damaged += key.damaged() ? 1 : 0;
  for (std::size_t i = 0; i < key.subkey_count(); ++i) {
    if (auto child = key.subkey(i)) {
      count_below(**child, count);
    } else {
      ++count.damaged;
    }
  }
}

TEST(RegistryHive, ReadsNamesTimesAndEveryType) {
  MemoryReader reader(to_bytes(testing::build_hive(sample())));
  auto hive = RegistryHive::open(reader);
  ASSERT_TRUE(hive) << hive.error().detail;
  EXPECT_FALSE((*hive)->dirty());
  auto run = (*hive)->find("SOFTWARE/microsoft/run");
  ASSERT_TRUE(run) << run.error().detail;
  EXPECT_EQ((*run)->name(), "Run");
  EXPECT_EQ((*run)->last_written(), Timestamp::from_filetime(133'000'000'000'000'000));
  std::size_t damaged = 9;
  auto values = (*run)->values(&damaged);
  ASSERT_TRUE(values);
  EXPECT_EQ(damaged, 0U);
  ASSERT_EQ(values->size(), 7U);
  EXPECT_EQ((*values)[0].text(), "C:\\a b\\x.exe");
  EXPECT_EQ((*values)[1].integer(), 7U);
  EXPECT_EQ((*values)[2].texts(), (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ((*values)[3].integer(), 1ULL << 40);
  EXPECT_EQ((*values)[4].name, "名前");
  EXPECT_EQ((*values)[4].text(), "%TEMP%\\\xED\xA0\x80");
  EXPECT_EQ((*values)[5].data, to_bytes(std::string(40'000, 'x')));
  EXPECT_EQ((*values)[6].name, "");
}

TEST(RegistryHive, FindsNamesWithSlashesAndLettersBeyondAscii) {
  MemoryReader reader(to_bytes(testing::build_hive(sample())));
  auto hive = RegistryHive::open(reader);
  ASSERT_TRUE(hive);
  EXPECT_TRUE((*hive)->find("Software/HTTP://host"));
  EXPECT_TRUE((*hive)->find("Software/CAF\u00C9"));
  EXPECT_TRUE((*hive)->find("Software/痕跡"));
  EXPECT_TRUE((*hive)->find(""));
  auto absent = (*hive)->find("Software/Micro");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::kNotFound);
}

TEST(RegistryHive, TellsWhenItIsDirtyAndOpensATornHeader) {
  std::string bytes = testing::build_hive(sample());
  bytes[4] = 2;  // the first sequence number runs ahead, the checksum no longer fits
  MemoryReader reader(to_bytes(bytes));
  auto hive = RegistryHive::open(reader);
  ASSERT_TRUE(hive) << hive.error().detail;
  EXPECT_TRUE((*hive)->dirty());
  EXPECT_TRUE((*hive)->find("Software/Microsoft/Run"));
}

TEST(RegistryHive, RefusesWhatIsNoHive) {
  for (const std::string text : {"", "regf", "MZ..............."}) {
    MemoryReader reader(to_bytes(text));
    auto hive = RegistryHive::open(reader);
    ASSERT_FALSE(hive);
    EXPECT_EQ(hive.error().code, ErrorCode::kCorrupt);
  }
}

TEST(RegistryHive, EndsOnAKeyThatIsItsOwnAncestor) {
  std::string bytes = testing::build_hive(sample());
  // Point the subkey list of Software/Microsoft at Software/Microsoft itself.
  const std::size_t name = bytes.find("Microsoft");
  const std::size_t nk = name - 0x4C;
  ASSERT_EQ(bytes.substr(nk, 2), "nk");
  std::uint32_t list = 0;
  std::memcpy(&list, bytes.data() + nk + 0x1C, 4);
  const auto self = static_cast<std::uint32_t>(nk - 4 - 4096);
  std::memcpy(bytes.data() + 4096 + list + 8, &self, 4);
  MemoryReader reader(to_bytes(bytes));
  auto hive = RegistryHive::open(reader);
  ASSERT_TRUE(hive);
  auto root = (*hive)->root();
  ASSERT_TRUE(root);
  Count count;
  count_below(**root, count);
  EXPECT_EQ(count.damaged, 1U);
  EXPECT_EQ(count.keys, 6U);
}

TEST(RegistryHive, AnyDamagedByteIsBounded) {
  const std::string good = testing::build_hive(sample());
  for (std::size_t at = 4096; at < 4096 + 1600; ++at) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(bytes[at] ^ 0xFF);
    MemoryReader reader(to_bytes(bytes));
    auto hive = RegistryHive::open(reader);
    if (!hive) continue;
    auto root = (*hive)->root();
    if (!root) continue;
    Count count;
    count_below(**root, count);
    EXPECT_LE(count.keys, 7U) << at;
  }
}

TEST(RegistryHive, TruncationAnywhereIsBounded) {
  const std::string good = testing::build_hive(sample());
  for (std::size_t size = 0; size < good.size(); size += 61) {
    MemoryReader reader(to_bytes(good.substr(0, size)));
    auto hive = RegistryHive::open(reader);
    if (!hive) continue;
    if (auto root = (*hive)->root()) {
      Count count;
      count_below(**root, count);
    }
  }
}

TEST(RegistryHive, CountsKeysAndValuesOfRealHives) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  std::ifstream truth_file(corpora + "/_ground-truth/registry-hives.json");
  const auto truth = nlohmann::json::parse(truth_file);
  std::size_t compared = 0;
  for (const auto& [name, facts] : truth["files"].items()) {
    if (facts["regfexport_rc"] != 0 || name.ends_with(".xz")) continue;
    std::ifstream file(corpora + "/" + name, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    MemoryReader reader(to_bytes(bytes));
    auto hive = RegistryHive::open(reader);
    ASSERT_TRUE(hive) << name << ": " << hive.error().detail;
    EXPECT_EQ((*hive)->dirty(), facts["seq1"] != facts["seq2"]) << name;
    auto root = (*hive)->root();
    ASSERT_TRUE(root) << name;
    Count count;
    count_below(**root, count);
    EXPECT_EQ(count.keys, facts["keys"].get<std::size_t>()) << name;
    EXPECT_EQ(count.values + count.damaged, facts["values"].get<std::size_t>()) << name;
    ++compared;
  }
  EXPECT_GT(compared, 8U);
}

}  // namespace
}  // namespace konseki
