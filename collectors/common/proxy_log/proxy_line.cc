#include "collectors/common/proxy_log/proxy_line.h"

#include <algorithm>

#include "agent/base/parse_number.h"
#include "collectors/common/logs/log_clock.h"
#include "collectors/common/logs/log_words.h"

namespace konseki {
namespace {

std::string_view dash_is_empty(std::string_view text) {
  return text == "-" ? std::string_view() : text;
}

// "TCP_MISS/200" or "TCP_MISS:HIER_DIRECT".
bool is_result(std::string_view text) {
  for (const std::string_view start : {"TCP_", "UDP_", "NONE", "TAG_"}) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

// time elapsed client result/status bytes method URL user hierarchy/peer type
bool read_native(std::string_view text, ProxyLine& line) {
  std::size_t length = 0;
  line.request.time = LogClock::epoch(text, length);
  if (!line.request.time || length >= text.size() || text[length] != ' ') return false;
  text.remove_prefix(length + 1);
  const auto milliseconds = parse_number<std::int64_t>(next_word(text));
  if (!milliseconds) return false;
  if (*milliseconds >= 0 && *milliseconds < INT64_MAX / 1000) {
    line.request.duration_microseconds = static_cast<std::uint64_t>(*milliseconds) * 1000;
  }
  line.request.client = next_word(text);
  const std::string_view result = next_word(text);
  const std::size_t slash = result.find('/');
  if (slash == std::string_view::npos || !is_result(result)) return false;
  line.result = result.substr(0, slash);
  line.request.status = parse_number<std::uint32_t>(result.substr(slash + 1));
  line.request.bytes = parse_number<std::uint64_t>(next_word(text));
  line.request.method = dash_is_empty(next_word(text));
  line.request.target = next_word(text);
  line.request.user = dash_is_empty(next_word(text));
  const std::string_view hierarchy = next_word(text);
  if (const std::size_t peer = hierarchy.find('/'); peer != std::string_view::npos) {
    line.peer = dash_is_empty(hierarchy.substr(peer + 1));
  } else {
    return false;
  }
  line.mime_type = dash_is_empty(next_word(text));
  line.format = "squid";
  return !line.request.target.empty();
}

// The formats of web servers, then "TCP_MISS:HIER_DIRECT".
bool read_common(std::string_view text, AccessClock& clock, ProxyLine& line) {
  static const AccessFormat kCombined = AccessFormat::apache("combined");
  static const AccessFormat kCommon = AccessFormat::apache("common");
  const std::size_t space = text.rfind(' ');
  std::string_view head = text;
  if (space != std::string_view::npos && is_result(text.substr(space + 1))) {
    line.result = text.substr(space + 1);
    line.result = line.result.substr(0, line.result.find(':'));
    head = text.substr(0, space);
  }
  line.format = "combined";
  if (kCombined.read(head, clock, line.request)) return true;
  line.request = {};
  line.format = "common";
  return kCommon.read(head, clock, line.request);
}

}  // namespace

std::optional<ProxyLine> read_proxy_line(std::string_view text, AccessClock& clock) {
  ProxyLine line;
  if (read_native(text, line)) return line;
  line = {};
  if (read_common(text, clock, line) && !line.request.target.empty()) return line;
  return std::nullopt;
}

}  // namespace konseki
