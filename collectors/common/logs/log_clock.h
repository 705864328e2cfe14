// LogClock: the times of one text log as UTC, with the year where its lines leave it out.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/base/local_time.h"
#include "konseki/byte_reader.h"
#include "konseki/collector.h"
#include "konseki/time.h"

namespace konseki {

// The host's zone, for all logs of a run. A plain value.
struct LogZone {
  LocalTime local;
  bool known = false;  // false: local times are taken for UTC

  static LogZone of(const HostFacts& host);
};

// A date that leaves its year out, as syslog() read it.
struct YearlessDate {
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  int years = 0;  // that ended in the log before it
};

// Reads what logs write as times. One log, one clock; lines are to come in their order. Not
// thread-safe.
class LogClock {
 public:
  explicit LogClock(const LogZone& zone) : zone_(zone) {}

  // The log whose lines are to come, where their dates may leave the year out. Both outlive the
  // clock.
  void learn_years_from(const FileItem& file, ByteReader& content) { log_.emplace(file, content); }

  // "Jan  2 03:04:05"; `length` becomes how much of `text` that is.
  std::optional<YearlessDate> syslog(std::string_view text, std::size_t& length);
  // When that was. The first call reads the whole log: dates of lines in their order tell how often
  // a year ends in it, and its last line was written no later than the file changed, or than the
  // date in the name of a rotated one. Without either, or for a log that goes back in time, no year
  // is known and the answer is nothing. Most lines are no entries, and most logs have none.
  std::optional<Timestamp> utc(const YearlessDate& date);

  // "2026-01-02T03:04:05.123456+09:00" or with a space and no zone: local.
  std::optional<Timestamp> iso(std::string_view text, std::size_t& length);

  // "02-Jan-2026 03:04:05.123", local, as BIND writes it.
  std::optional<Timestamp> bind(std::string_view text, std::size_t& length);

  // "1767323045.123" or "[1767323045]": seconds since 1970.
  static std::optional<Timestamp> epoch(std::string_view text, std::size_t& length);

  // civil_seconds() of a wall clock.
  Timestamp local(std::int64_t civil, std::int32_t nanoseconds = 0) {
    met_local_ = true;
    return zone_.local.to_utc(civil, nanoseconds);
  }
  // Local times were met while the host's zone is not known.
  bool guessed_zone() const { return met_local_ && !zone_.known; }
  // Dates without a year were met, and which it was is not known.
  bool unknown_year() { return met_yearless_ && !first_year(); }

 private:
  struct Log {
    Log(const FileItem& item, ByteReader& bytes) : file(item), content(bytes) {}
    const FileItem& file;
    ByteReader& content;
  };
  // Follows the lines through the years.
  struct Walk {
    std::optional<std::int64_t> before;
    int years = 0;

    void step(YearlessDate& date);
  };
  const std::optional<std::int64_t>& first_year();
  std::optional<std::int64_t> learn_first_year() const;

  const LogZone& zone_;
  std::optional<Log> log_;            // until its years are learned
  std::optional<std::int64_t> year_;  // of the first line
  Walk walk_;
  bool met_local_ = false;
  bool met_yearless_ = false;
};

}  // namespace konseki
