#include "collectors/common/logs/syslog_line.h"

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"
#include "collectors/common/logs/log_family.h"

namespace konseki {
namespace {

std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

// "dnsmasq[12]:", "kernel:", "unbound[1:0]" as the program's name; empty for anything else.
std::string_view program_of(std::string_view word) {
  if (word.ends_with(':')) {
    word.remove_suffix(1);
  } else if (!word.ends_with(']')) {
    return {};
  }
  const std::size_t bracket = word.find('[');
  if (bracket != std::string_view::npos) {
    if (!word.ends_with(']')) return {};
    word = word.substr(0, bracket);
  }
  return word;
}

}  // namespace

std::optional<Timestamp> time_of(const SyslogLine& line, LogClock& clock) {
  return line.date ? clock.utc(*line.date) : line.time;
}

std::optional<SyslogLine> read_syslog_line(std::string_view text, LogClock& clock) {
  SyslogLine line;
  std::size_t length = 0;
  line.date = clock.syslog(text, length);
  if (length == 0) line.time = clock.iso(text, length);
  if (length == 0) line.time = LogClock::epoch(text, length);
  if (length == 0 || length >= text.size() || text[length] != ' ') return std::nullopt;
  std::string_view rest = text.substr(length + 1);
  const std::string_view first = take_word(rest);
  if (const std::string_view program = program_of(first); !program.empty()) {
    line.program = program;
  } else {
    line.host = first;
    line.program = program_of(take_word(rest));
    if (line.program.empty()) return std::nullopt;
  }
  line.message = rest;
  return line;
}

std::string log_name(std::string_view path) {
  std::string name = fold_case(log_family(path).family);
  if (const std::size_t slash = name.rfind('/'); slash != std::string::npos) {
    name.erase(0, slash + 1);
  }
  return name;
}

bool is_system_log(std::string_view path) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"syslog", "messages", "kern.log", "daemon.log", "kernel.log", "user.log", "everything.log"});
  const std::string name = log_name(path);
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace konseki
