#include "agent/seal/custody_log.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

CustodyEntry entry(std::string event, std::string by, std::string to = {}) {
  return {"2026-01-02T03:04:05.000000000Z",
          std::move(event),
          std::move(by),
          std::move(to),
          "袋 12 \"A\"\n改行",
          "b.tar.zst",
          1234,
          std::string(64, 'a')};
}

std::string sample(const SigningKey* key) {
  std::string text;
  for (const CustodyEntry& each :
       {entry("transfer", "田中", "佐藤"), entry("opened", "佐藤"), entry("analysed", "佐藤")}) {
    text += next_custody_line(read_custody_log(text), each, key);
  }
  return text;
}

TEST(CustodyLog, ThereAndBack) {
  const SigningKey key = SigningKey::generate();
  const CustodyLog log = read_custody_log(sample(&key));
  ASSERT_TRUE(log.sound()) << log.problems[0].text.en;
  ASSERT_EQ(log.records.size(), 3u);
  EXPECT_EQ(log.records[0].entry.to, "佐藤");
  EXPECT_EQ(log.records[0].entry.note, "袋 12 \"A\"\n改行");
  EXPECT_EQ(log.records[2].entry.event, "analysed");
  EXPECT_EQ(log.records[2].signature, CustodySignature::kGood);
  EXPECT_EQ(log.records[2].key, key.verifying);
  const CustodyLog plain = read_custody_log(sample(nullptr));
  EXPECT_TRUE(plain.sound());
  EXPECT_EQ(plain.records[0].signature, CustodySignature::kNone);
  EXPECT_TRUE(read_custody_log("").sound());
}

TEST(CustodyLog, EveryFlippedBitIsNoticedInSignedRecords) {
  const SigningKey key = SigningKey::generate();
  const std::string text = next_custody_line({}, entry("opened", "A"), &key);
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      EXPECT_FALSE(read_custody_log(changed).sound()) << at << " bit " << bit;
    }
  }
}

// Without signatures the chain still ties each record to the next.
TEST(CustodyLog, RemovedChangedAndReorderedRecordsAreNoticed) {
  const std::string text = sample(nullptr);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_FALSE(read_custody_log(lines[1] + lines[2]).sound());
  EXPECT_FALSE(read_custody_log(lines[0] + lines[2]).sound());
  EXPECT_FALSE(read_custody_log(lines[1] + lines[0] + lines[2]).sound());
  EXPECT_FALSE(read_custody_log(text + lines[2]).sound());
  EXPECT_FALSE(read_custody_log(text.substr(0, text.size() - 1)).sound());
  std::string renamed = text;
  renamed.replace(renamed.find("田中"), 6, "鈴木");
  EXPECT_FALSE(read_custody_log(renamed).sound());
  std::string spaced = text;
  spaced.insert(1, " ");
  EXPECT_FALSE(read_custody_log(spaced).sound());
  EXPECT_FALSE(read_custody_log("hello\n").sound());
  EXPECT_EQ(read_custody_log("hello\n").problems[0].line, 1u);
}

TEST(CustodyLog, SaysWhenTheBundleIsAnotherOne) {
  CustodyLog log = read_custody_log(sample(nullptr));
  compare_with_bundle(log, std::string(64, 'a'));
  EXPECT_TRUE(log.sound());
  compare_with_bundle(log, std::string(64, 'b'));
  EXPECT_EQ(log.problems.size(), 3u);
}

}  // namespace
}  // namespace konseki
