// SyslogLine: the parts of a line that syslog, or a service in its manner, wrote.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collectors/common/logs/log_clock.h"

namespace konseki {

// Views into the line. RFC 3164 as daemons write it to files ("Jan  2 03:04:05 host name[1]: x"),
// with the time of RFC 5424 too, and without the host as dnsmasq and unbound write their own.
struct SyslogLine {
  std::optional<Timestamp> time;     // with its year
  std::optional<YearlessDate> date;  // without
  std::string_view host;             // empty where the line has none
  std::string_view program;          // "dnsmasq", "kernel"
  std::string_view message;          // what follows "program[pid]: "
};

// The line's time, wherever it stands.
std::optional<Timestamp> time_of(const SyslogLine& line, LogClock& clock);

// Nothing when the line does not begin with a time and a program.
std::optional<SyslogLine> read_syslog_line(std::string_view text, LogClock& clock);

// True for names that syslog daemons and the services that log by them give to their files:
// "syslog", "messages", "kern.log", "daemon.log", rotated and compressed ones too. `path` is a
// display path.
bool is_system_log(std::string_view path);

// The file's name in lower case without folder, rotation and compression: "kern.log".
std::string log_name(std::string_view path);

}  // namespace konseki
