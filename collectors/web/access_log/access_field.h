// AccessField: the parts of a line of an access log, whatever the log is written in, and their
// names.
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

// What a part of a line says.
enum class AccessField : std::uint8_t {
  kSkip,
  kClient,
  kUser,
  kHost,
  kTimeCommon,
  kTimeIso,
  kTimeSeconds,  // seconds since 1970, with decimals
  kTimeMilliseconds,
  kTimeAny,  // whichever of these forms it has
  kDate,     // W3C: date and time are columns of their own
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

// The field of a variable of nginx, without "$"; kSkip for others.
AccessField nginx_field(std::string_view variable);
// The field of a JSON member: nginx's variables and the names of Caddy, Traefik and log shippers,
// in any case, with or without '_', '-', '@' and '.'. Times are kTimeAny.
AccessField json_field(std::string_view member);

// True when the line has something of this field already. Never for kSkip.
bool has_field(AccessField field, const AccessLine& line);
// Takes what stands in the line, "-" as nothing. False when it cannot be of this field: then the
// line is of another format. kDate and kTimeOfDay are the caller's.
bool set_field(AccessField field, std::string_view raw, AccessClock& clock, AccessLine& line);

}  // namespace konseki
