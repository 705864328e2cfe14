#include "agent/base/registry_log.h"

#include <gtest/gtest.h>

#include "agent/base/marvin32.h"
#include "agent/base/memory_reader.h"
#include "agent/base/registry_hive.h"
#include "tests/support/hive_log.h"
#include "tests/support/regf_builder.h"

namespace konseki {
namespace {

using testing::dirty_hive;
using testing::hive_log;
using testing::log_entry;

constexpr std::uint64_t kMost = 64 << 20;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// Three states of one hive, the later ones larger.
std::string hive_with(std::size_t values) {
  testing::HiveKey root;
  root.name = "ROOT";
  auto& run = root.at("Software/Run");
  for (std::size_t i = 0; i < values; ++i) {
    run.values.push_back(testing::sz("v" + std::to_string(i), std::string(3000, 'x')));
  }
  return testing::build_hive(root);
}

class RegistryLog : public ::testing::Test {
 protected:
  const std::string before_ = dirty_hive(hive_with(1), 8, 7);
  const std::string middle_ = hive_with(3);
  const std::string after_ = hive_with(9);

  static HiveChanges replay(const std::string& hive, const std::vector<std::string>& logs,
                            std::uint64_t most = kMost) {
    std::vector<std::span<const std::byte>> spans;
    for (const std::string& log : logs) spans.push_back(bytes_of(log));
    return replay_hive_logs(bytes_of(hive).first(std::min<std::size_t>(hive.size(), 512)),
                            hive.size(), spans, most);
  }

  // Values below Software/Run of the hive with its changes; also checks that it is clean.
  static std::size_t values_in(const std::string& hive, const HiveChanges& changes) {
    SpanReader stored(bytes_of(hive));
    ReplayedHive content(stored, changes);
    auto opened = RegistryHive::open(content);
    if (!opened) return 999;
    EXPECT_FALSE((*opened)->dirty());
    auto key = (*opened)->find("Software/Run");
    if (!key) return 998;
    auto values = (*key)->values();
    return values ? values->size() : 997;
  }
};

TEST_F(RegistryLog, AppliesEntriesInOrder) {
  const std::string log =
      hive_log(before_, 8, {log_entry(8, before_, middle_), log_entry(9, middle_, after_)});
  const HiveChanges changes = replay(before_, {log, ""});
  EXPECT_EQ(changes.entries, 2u);
  EXPECT_EQ(changes.last_sequence, 9u);
  EXPECT_EQ(changes.size, after_.size());
  EXPECT_EQ(changes.note, "");
  EXPECT_EQ(values_in(before_, changes), 9u);
}

TEST_F(RegistryLog, TakesBothLogsWhicheverComesFirst) {
  const std::string first = hive_log(before_, 8, {log_entry(8, before_, middle_)});
  const std::string second = hive_log(before_, 9, {log_entry(9, middle_, after_)});
  EXPECT_EQ(values_in(before_, replay(before_, {first, second})), 9u);
  EXPECT_EQ(values_in(before_, replay(before_, {second, first})), 9u);
}

TEST_F(RegistryLog, LeavesOutWhatIsOlderOrDoesNotFollow) {
  const std::string old = hive_log(before_, 3, {log_entry(3, before_, after_)});
  HiveChanges changes = replay(before_, {old});
  EXPECT_EQ(changes.entries, 0u);
  EXPECT_EQ(changes.note, "log entries 3 to 3 do not follow");
  const std::string next = hive_log(before_, 8, {log_entry(8, before_, middle_)});
  const std::string gap = hive_log(before_, 10, {log_entry(10, middle_, after_)});
  changes = replay(before_, {next, gap});
  EXPECT_EQ(values_in(before_, changes), 3u);
  EXPECT_EQ(changes.note, "log entries 10 to 10 do not follow");
  // Remnants of an earlier use of the log lie behind its last entry.
  const std::string remnant =
      hive_log(before_, 8, {log_entry(8, before_, middle_), log_entry(5, middle_, after_)});
  EXPECT_EQ(values_in(before_, replay(before_, {remnant})), 3u);
}

TEST_F(RegistryLog, RecoversTheHeaderFromTheLog) {
  std::string torn = before_;
  torn[0x28] = static_cast<char>(torn[0x28] + 1);
  const std::string log = hive_log(after_, 8, {log_entry(8, before_, after_)});
  EXPECT_EQ(values_in(torn, replay(torn, {log})), 9u);
}

TEST_F(RegistryLog, StopsAtAnEntryWithAnyDamagedByte) {
  const std::string entry = log_entry(9, middle_, after_);
  for (std::size_t at = 0; at < entry.size(); at += at < 600 ? 1 : 97) {
    std::string bad = entry;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    const std::string log = hive_log(before_, 8, {log_entry(8, before_, middle_), bad});
    const HiveChanges changes = replay(before_, {log});
    ASSERT_EQ(changes.entries, 1u) << at;
    ASSERT_EQ(values_in(before_, changes), 3u) << at;
  }
}

TEST_F(RegistryLog, TruncationAnywhereIsBounded) {
  const std::string log =
      hive_log(before_, 8, {log_entry(8, before_, middle_), log_entry(9, middle_, after_)});
  for (std::size_t size = 0; size < log.size(); size += 61) {
    const HiveChanges changes = replay(before_, {log.substr(0, size)});
    EXPECT_LE(changes.entries, 1u);
    if (changes.entries == 0) {
      EXPECT_EQ(changes.note, "no sound log entry");
    }
  }
  EXPECT_EQ(replay("", {log}).entries, 2u);  // no header at all: the log's stands in
}

TEST_F(RegistryLog, NamesOldLogsAndLimits) {
  std::string old = hive_log(before_, 8, {log_entry(8, before_, middle_)});
  old[0x1C] = 1;
  old = dirty_hive(old, 8, 8);  // its checksum again
  EXPECT_EQ(replay(before_, {old}).note, "log of a system before Windows 8.1");
  const std::string log = hive_log(before_, 8, {log_entry(8, before_, after_)});
  const HiveChanges changes = replay(before_, {log}, 8192);
  EXPECT_EQ(changes.entries, 0u);
  EXPECT_EQ(changes.note, "log entry 8 asks for too large a hive");
}

TEST_F(RegistryLog, ReadsAnyRangeAsTheWhole) {
  const std::string log = hive_log(before_, 8, {log_entry(8, before_, after_)});
  const HiveChanges changes = replay(before_, {log});
  SpanReader stored(bytes_of(before_));
  ReplayedHive content(stored, changes);
  std::vector<std::byte> whole(after_.size() + 10);
  EXPECT_EQ(content.read_at(0, whole).value_or(0), after_.size());
  whole.resize(after_.size());
  EXPECT_TRUE(std::equal(whole.begin() + 4096, whole.end(), bytes_of(after_).begin() + 4096));
  for (std::size_t at = 0; at + 1500 < whole.size(); at += 333) {
    std::vector<std::byte> part(at % 1499 + 1);
    ASSERT_EQ(content.read_at(at, part).value_or(0), part.size());
    ASSERT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<long>(at)));
  }
  EXPECT_EQ(content.read_at(after_.size(), whole).value_or(1), 0u);
}

// Values that the algorithm's published implementations agree on.
TEST(Marvin32, KnownValues) {
  constexpr std::uint64_t kSeed = 0x004F'B61A'001B'DBCC;
  EXPECT_EQ(marvin32(kSeed, {}), 0x30ED'35C1'00CD'3C7DU);
  EXPECT_EQ(marvin32(kSeed, bytes_of("\xAF")), 0x48E7'3FC7'7D75'DDC1U);
  EXPECT_EQ(marvin32(kSeed, bytes_of("\xE7\x0F")), 0xB5F6'E1FC'485D'BFF8U);
}

}  // namespace
}  // namespace konseki
