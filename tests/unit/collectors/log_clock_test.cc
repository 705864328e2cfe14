#include "collectors/common/logs/log_clock.h"

#include <gtest/gtest.h>

#include "agent/base/memory_reader.h"

namespace konseki {
namespace {

// Times of the lines of `log`, which changed last at `modified`, to the day.
std::vector<std::string> days(const std::string& log, std::optional<Timestamp> modified,
                              const std::string& path = "/var/log/syslog") {
  Entry entry;
  entry.times.modified = modified;
  const VolumeInfo volume;
  const FileItem file{entry, volume, path, {}, {}};
  const LogZone zone;
  LogClock clock(zone);
  SpanReader content(std::as_bytes(std::span(log)));
  clock.learn_years_from(file, content);
  std::vector<std::string> out;
  for (std::size_t at = 0; at < log.size(); at = log.find('\n', at) + 1) {
    std::size_t length = 0;
    const auto date = clock.syslog(std::string_view(log).substr(at), length);
    const auto time = date ? clock.utc(*date) : std::nullopt;
    out.push_back(time ? time->iso8601().substr(0, 10) : "none");
  }
  return out;
}

Timestamp on(std::int64_t year, unsigned month, unsigned day) {
  return Timestamp::from_unix(*civil_seconds(year, month, day, 12, 0, 0));
}

using Days = std::vector<std::string>;

TEST(LogClock, TheLastLineIsNoYoungerThanTheFile) {
  const std::string log = "Nov  3 01:02:03 a\nDec 31 23:59:59 b\n";
  EXPECT_EQ(days(log, on(2026, 1, 2)), (Days{"2025-11-03", "2025-12-31"}));
  EXPECT_EQ(days(log, on(2025, 12, 31)), (Days{"2025-11-03", "2025-12-31"}));
  EXPECT_EQ(days(log, on(2025, 12, 1)), (Days{"2024-11-03", "2024-12-31"}));
}

// A line that comes late in January belongs to the year before.
TEST(LogClock, YearsEndInsideALog) {
  const std::string log =
      "Mar  1 00:00:00 a\nDec 31 23:59:59 b\nJan  1 00:00:01 c\nDec 31 23:59:58 late\n"
      "Jan  1 00:00:02 d\nAug  5 00:00:00 e\nJan  7 00:00:00 f\n";
  EXPECT_EQ(days(log, on(2026, 1, 7)), (Days{"2024-03-01", "2024-12-31", "2025-01-01", "2024-12-31",
                                             "2025-01-01", "2025-08-05", "2026-01-07"}));
}

TEST(LogClock, TheNameOfARotatedLogCountsWhereTheFileWasCopied) {
  const std::string log = "Jun  1 00:00:00 a\n";
  EXPECT_EQ(days(log, on(2026, 8, 1), "/var/log/syslog-20240602"), Days{"2024-06-01"});
  EXPECT_EQ(days(log, std::nullopt, "/var/log/syslog-20240602.gz"), Days{"2024-06-01"});
}

TEST(LogClock, NoYearIsInvented) {
  EXPECT_EQ(days("Jun  1 00:00:00 a\n", std::nullopt), Days{"none"});
  EXPECT_EQ(days("Jux  1 00:00:00 a\n", on(2026, 1, 1)), Days{"none"});
  EXPECT_EQ(days("Feb 30 00:00:00 a\n", on(2026, 4, 1)), Days{"none"});
  EXPECT_EQ(days("Feb 29 00:00:00 a\n", on(2026, 4, 1)), Days{"2024-02-29"});
}

// Counts how often it is read.
class CountingReader : public SpanReader {
 public:
  using SpanReader::SpanReader;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    ++reads;
    return SpanReader::read_at(offset, out);
  }

  int reads = 0;
};

// A log without entries is not read for its years.
TEST(LogClock, LearnsYearsWhenOneIsAskedAndOnce) {
  const std::string log = "Jun  1 00:00:00 a\n";
  Entry entry;
  entry.times.modified = on(2026, 8, 1);
  const VolumeInfo volume;
  const FileItem file{entry, volume, "/var/log/syslog", {}, {}};
  const LogZone zone;
  LogClock clock(zone);
  CountingReader content(std::as_bytes(std::span(log)));
  clock.learn_years_from(file, content);
  std::size_t length = 0;
  const auto date = clock.syslog(log, length);
  ASSERT_TRUE(date);
  EXPECT_EQ(content.reads, 0);
  EXPECT_TRUE(clock.utc(*date));
  const int reads = content.reads;
  EXPECT_GT(reads, 0);
  EXPECT_TRUE(clock.utc(*date));
  EXPECT_FALSE(clock.unknown_year());
  EXPECT_EQ(content.reads, reads);
}

}  // namespace
}  // namespace konseki
