// AccessFormat: how one line of a web server's access log is to be read.
//   Apache httpd: mod_log_config (LogFormat), also Tomcat's AccessLogValve
//   nginx: ngx_http_log_module (log_format)
//   W3C Extended Log File Format (IIS): the "#Fields:" directive
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/time.h"

namespace konseki {

// What a line says, as views into it or into `texts`. Nothing is decoded; "-" is empty.
struct AccessLine {
  std::optional<Timestamp> time;
  std::string_view client;
  std::string_view user;
  std::string_view host;  // the site that was asked for, or the server's address
  std::string_view method;
  std::string_view target;  // path and query as sent
  std::string_view query;   // where the log keeps it apart
  std::string_view protocol;
  std::string_view referer;
  std::string_view user_agent;
  std::string_view forwarded_for;
  std::optional<std::uint32_t> status;
  std::optional<std::uint64_t> bytes;
  std::optional<std::uint64_t> duration_microseconds;
  std::vector<std::string> texts;  // of JSON, without its escapes
};

// Reads times of one log; neighbours share all but their seconds. Not thread-safe.
class AccessClock {
 public:
  // "10/Oct/2000:13:55:36 -0700" [Common Log Format].
  std::optional<Timestamp> common(std::string_view text);
  // "2026-01-02T03:04:05+09:00", "2026-01-02 03:04:05"; without a zone: UTC.
  std::optional<Timestamp> iso(std::string_view text);

 private:
  std::string minute_;  // the text up to its seconds, and the zone
  std::int64_t minute_seconds_ = 0;
};

// A compiled format. Immutable; safe to share.
class AccessFormat {
 public:
  enum class Field : std::uint8_t {
    kSkip,
    kClient,
    kUser,
    kHost,
    kTimeCommon,
    kTimeIso,
    kTimeSeconds,  // seconds since 1970, with decimals
    kTimeMilliseconds,
    kDate,  // W3C: date and time are columns of their own
    kTimeOfDay,
    kRequest,  // "GET /x HTTP/1.1"
    kMethod,
    kTarget,
    kPath,
    kQuery,
    kProtocol,
    kStatus,
    kBytes,
    kReferer,
    kUserAgent,
    kForwardedFor,
    kSeconds,  // duration
    kMilliseconds,
    kMicroseconds,
  };

  // mod_log_config's format string, quotes of the configuration file removed. Tomcat's names
  // "common" and "combined" are taken as well.
  static AccessFormat apache(std::string_view format);
  static AccessFormat nginx(std::string_view format);
  // The text behind "#Fields:".
  static AccessFormat w3c(std::string_view fields);

  // True when the whole line is of this format. Fields of `line` that the format lacks are left
  // as they were given (the caller clears it).
  bool read(std::string_view text, AccessClock& clock, AccessLine& line) const;

  // A format without time and target tells nothing.
  bool useful() const;
  // W3C fields: blanks in values are written as '+'.
  bool plus_is_blank() const { return plus_is_blank_; }

 private:
  struct Part {
    Field field = Field::kSkip;
    bool quoted = false;  // stands between quotes, which are escaped inside
    std::string literal;  // what follows it
  };

  void add_literal(std::string_view text);
  void add_field(Field field);
  void close();

  std::string prefix_;
  std::vector<Part> parts_;
  bool plus_is_blank_ = false;
};

// The usual formats in the order in which they are tried where no configuration tells.
const std::vector<AccessFormat>& usual_access_formats();

}  // namespace konseki
