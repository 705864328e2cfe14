// LogCoverage: schema "log.coverage", what a text log was read as and which period it covers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/base/line_reader.h"
#include "collectors/common/logs/log_clock.h"
#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLogCoverageSchema;

// Counts what one collector reads in one log.
class LogCoverage {
 public:
  // `kind`: what the log was read for, "dns", "proxy" or "firewall".
  LogCoverage(std::string_view path, std::string_view kind) : path_(path), kind_(kind) {}

  void line() { ++lines_; }
  void read(const std::optional<Timestamp>& time, std::string_view format);
  void unreadable() { ++unreadable_; }
  std::uint64_t lines() const { return lines_; }
  std::uint64_t entries() const { return entries_; }
  std::uint64_t unreadables() const { return unreadable_; }

  // One record; `damage` is what ended the reading.
  void emit(const Result<void>& damage, LogClock& clock, const RecordEmitter& emit) const;

 private:
  std::string path_;
  std::string_view kind_;
  std::string format_;
  std::uint64_t lines_ = 0;
  std::uint64_t entries_ = 0;
  std::uint64_t unreadable_ = 0;
  std::optional<Timestamp> first_;
  std::optional<Timestamp> last_;
};

// Text of a log for a record's field: its beginning where it is longer than any real one.
std::string bounded_text(std::string_view text);

}  // namespace konseki
