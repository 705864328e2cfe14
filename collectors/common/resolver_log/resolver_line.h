// ResolverLine: what one line of a resolver's log says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collectors/common/logs/log_clock.h"
#include "konseki/time.h"

namespace konseki {

// Views into the line but for `name`.
struct ResolverLine {
  enum class Kind { kQuery, kReply, kForwarded };

  Kind kind = Kind::kQuery;
  std::string_view resolver;
  std::optional<Timestamp> time;
  std::string name;
  std::string_view type;
  std::string_view client;
  std::string_view answer;
  std::string_view server;
  std::string_view result;
  bool alias = false;  // the name has another name, about which lines follow
};

// Of dnsmasq (log-queries), unbound (log-queries, log-replies), BIND (category queries) and
// systemd-resolved (debug), written by themselves or by syslog. Nothing for any other line; the
// clock has seen it all the same.
std::optional<ResolverLine> read_resolver_line(std::string_view text, LogClock& clock);

// Which order the numbers of dates have in a debug log of the DNS server of Windows, which writes
// them as its system shows dates.
enum class DateOrder { kUnknown, kYearFirst, kMonthFirst, kDayFirst };

// What the line's date says of that order; kUnknown where it could be either.
DateOrder windows_date_order(std::string_view text);

// A line "PACKET" of that log: questions of clients, and those that were passed on.
std::optional<ResolverLine> read_windows_dns_line(std::string_view text, DateOrder order,
                                                  LogClock& clock);

}  // namespace konseki
