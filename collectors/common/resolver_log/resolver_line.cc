#include "collectors/common/resolver_log/resolver_line.h"

#include <algorithm>

#include "collectors/common/logs/log_words.h"
#include "collectors/common/logs/syslog_line.h"

namespace konseki {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string bare_name(std::string_view name) {
  while (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return std::string(name);
}

// "10.0.0.5/53421" and "10.0.0.5#53421" without the port.
std::string_view bare_address(std::string_view text) {
  return text.substr(0, text.find_first_of("/#"));
}

std::optional<ResolverLine> read_dnsmasq(std::string_view text) {
  ResolverLine line;
  line.resolver = "dnsmasq";
  // log-queries=extra: a number and the client stand before.
  std::string_view word = next_word(text);
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_digit)) {
    line.client = bare_address(next_word(text));
    word = next_word(text);
  }
  if (word.starts_with("query[") && word.ends_with(']')) {
    line.type = word.substr(6, word.size() - 7);
    line.name = bare_name(next_word(text));
    if (next_word(text) == "from") line.client = bare_address(next_word(text));
    return line.name.empty() ? std::nullopt : std::optional(std::move(line));
  }
  if (word == "forwarded") {
    line.kind = ResolverLine::Kind::kForwarded;
    line.name = bare_name(next_word(text));
    if (next_word(text) != "to") return std::nullopt;
    line.server = bare_address(next_word(text));
    return line;
  }
  line.kind = ResolverLine::Kind::kReply;
  if (word == "gravity" || word == "exactly" || word == "regex") {  // Pi-hole's lists
    const std::string_view next = next_word(text);
    if (next != "blocked" && next != "denied" && next != "blacklisted") return std::nullopt;
    line.result = "blocked";
  } else if (word == "cached") {
    line.result = "cached";
  } else if (word == "config" || word.starts_with('/')) {
    line.result = "configured";
  } else if (word != "reply") {
    return std::nullopt;
  }
  line.name = bare_name(next_word(text));
  if (next_word(text) != "is") return std::nullopt;
  const std::string_view answer = next_word(text);
  if (answer.starts_with('<') || answer.starts_with("NXDOMAIN") || answer.starts_with("NODATA")) {
    line.alias = answer == "<CNAME>";
    if (!answer.starts_with('<')) line.result = answer;
  } else {
    line.answer = answer;
  }
  return line.name.empty() ? std::nullopt : std::optional(std::move(line));
}

// "[12:0] info: 10.0.0.5 evil.example. A IN NOERROR 0.012 0 45"
std::optional<ResolverLine> read_unbound(std::string_view text) {
  if (text.starts_with('[')) next_word(text);
  const std::string_view level = next_word(text);
  if (level != "info:" && level != "query:" && level != "reply:") return std::nullopt;
  ResolverLine line;
  line.resolver = "unbound";
  std::string_view first = next_word(text);
  if (first == "query:" || first == "reply:") first = next_word(text);
  line.client = first;
  line.name = bare_name(next_word(text));
  line.type = next_word(text);
  if (line.client.find_first_of(".:") == std::string_view::npos ||
      line.client.find_first_not_of("0123456789abcdefABCDEF.:%") != std::string_view::npos ||
      next_word(text) != "IN" || line.name.empty()) {
    return std::nullopt;
  }
  if (const std::string_view result = next_word(text); !result.empty()) {
    line.kind = ResolverLine::Kind::kReply;
    line.result = result;
  }
  return line;
}

// "client @0x7f 10.0.0.5#53421 (evil.example): view x: query: evil.example IN A +E(0)K (10.0.0.1)"
std::optional<ResolverLine> read_bind(std::string_view text) {
  constexpr std::string_view kClient = "client ";
  constexpr std::string_view kQuery = ": query: ";
  const std::size_t client = text.find(kClient);
  const std::size_t query = text.find(kQuery);
  if (client == std::string_view::npos || query == std::string_view::npos || query < client) {
    return std::nullopt;
  }
  ResolverLine line;
  line.resolver = "named";
  std::string_view who = text.substr(client + kClient.size(), query - client - kClient.size());
  std::string_view word = next_word(who);
  if (word.starts_with("@0x")) word = next_word(who);
  line.client = bare_address(word);
  text.remove_prefix(query + kQuery.size());
  line.name = bare_name(next_word(text));
  if (next_word(text) != "IN" || line.name.empty()) return std::nullopt;
  line.type = next_word(text);
  return line;
}

// "Looking up RR for evil.example IN A."
std::optional<ResolverLine> read_resolved(std::string_view text) {
  constexpr std::string_view kAsked = "Looking up RR for ";
  if (!text.starts_with(kAsked)) return std::nullopt;
  text.remove_prefix(kAsked.size());
  ResolverLine line;
  line.resolver = "systemd-resolved";
  line.name = bare_name(next_word(text));
  if (next_word(text) != "IN" || line.name.empty()) return std::nullopt;
  line.type = next_word(text);
  if (line.type.ends_with('.')) line.type.remove_suffix(1);
  return line;
}

struct WindowsDate {
  unsigned parts[3] = {};
  char separator = 0;
  bool compact = false;  // 20260102
};

std::optional<unsigned> take_number(std::string_view& text, std::size_t most) {
  unsigned value = 0;
  std::size_t length = 0;
  while (length < text.size() && length < most && is_digit(text[length])) {
    value = value * 10 + static_cast<unsigned>(text[length++] - '0');
  }
  if (length == 0) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

std::optional<WindowsDate> take_windows_date(std::string_view& text) {
  WindowsDate date;
  const auto first = take_number(text, 8);
  if (!first) return std::nullopt;
  if (*first > 9999) {
    date.parts[0] = *first / 10000;
    date.parts[1] = *first / 100 % 100;
    date.parts[2] = *first % 100;
    date.compact = true;
    return date;
  }
  date.parts[0] = *first;
  for (int i = 1; i < 3; ++i) {
    if (text.empty() || (text[0] != '/' && text[0] != '.' && text[0] != '-')) return std::nullopt;
    date.separator = text[0];
    text.remove_prefix(1);
    const auto part = take_number(text, 4);
    if (!part) return std::nullopt;
    date.parts[i] = *part;
  }
  return date;
}

std::optional<Timestamp> take_windows_time(std::string_view& text, DateOrder order,
                                           LogClock& clock) {
  const auto date = take_windows_date(text);
  if (!date || !text.starts_with(' ')) return std::nullopt;
  text.remove_prefix(1);
  unsigned time[3] = {};
  for (int i = 0; i < 3; ++i) {
    if (i > 0) {
      if (!text.starts_with(':') && !text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    const auto part = take_number(text, 2);
    if (!part) return std::nullopt;
    time[i] = *part;
  }
  if (text.starts_with(" PM") || text.starts_with(" AM")) {
    if (time[0] > 12) return std::nullopt;
    time[0] = time[0] % 12 + (text[1] == 'P' ? 12 : 0);
    text.remove_prefix(3);
  }
  const unsigned* parts = date->parts;
  std::optional<std::int64_t> civil;
  if (date->compact || order == DateOrder::kYearFirst) {
    civil = civil_seconds(parts[0], parts[1], parts[2], time[0], time[1], time[2]);
  } else if (order == DateOrder::kMonthFirst) {
    civil = civil_seconds(parts[2], parts[0], parts[1], time[0], time[1], time[2]);
  } else if (order == DateOrder::kDayFirst) {
    civil = civil_seconds(parts[2], parts[1], parts[0], time[0], time[1], time[2]);
  }
  if (!civil) return std::nullopt;
  return clock.local(*civil);
}

// "(4)evil(7)example(0)"
std::string windows_name(std::string_view text) {
  std::string name;
  while (text.starts_with('(')) {
    text.remove_prefix(1);
    const auto length = take_number(text, 3);
    if (!length || !text.starts_with(')')) return {};
    text.remove_prefix(1);
    if (*length == 0) return name;
    if (*length > 63 || text.size() < *length) return {};
    if (!name.empty()) name += '.';
    name += text.substr(0, *length);
    text.remove_prefix(*length);
  }
  return {};
}

}  // namespace

std::optional<ResolverLine> read_resolver_line(std::string_view text, LogClock& clock) {
  std::size_t length = 0;
  if (const auto time = clock.bind(text, length)) {
    auto line = read_bind(text.substr(length));
    if (line) line->time = time;
    return line;
  }
  const auto entry = read_syslog_line(text, clock);
  std::optional<ResolverLine> line;
  if (entry) {
    if (entry->program.starts_with("dnsmasq") || entry->program == "pihole-FTL") {
      line = read_dnsmasq(entry->message);
    } else if (entry->program == "unbound") {
      line = read_unbound(entry->message);
    } else if (entry->program == "named") {
      line = read_bind(entry->message);
    } else if (entry->program == "systemd-resolved") {
      line = read_resolved(entry->message);
    }
  }
  if (!line) line = read_bind(text);
  // Without a program before it: print-time iso8601.
  if (line) line->time = entry ? time_of(*entry, clock) : clock.iso(text, length);
  return line;
}

DateOrder windows_date_order(std::string_view text) {
  const auto date = take_windows_date(text);
  if (!date) return DateOrder::kUnknown;
  if (date->compact || date->parts[0] > 31) return DateOrder::kYearFirst;
  if (date->parts[0] > 12 || date->separator == '.') return DateOrder::kDayFirst;
  if (date->parts[1] > 12) return DateOrder::kMonthFirst;
  // Only those who write the month first write AM and PM behind numbers with slashes, nearly.
  if (text.find(" AM ") < 16 || text.find(" PM ") < 16) return DateOrder::kMonthFirst;
  return DateOrder::kUnknown;
}

std::optional<ResolverLine> read_windows_dns_line(std::string_view text, DateOrder order,
                                                  LogClock& clock) {
  // DATE TIME THREAD PACKET BUFFER UDP|TCP Rcv|Snd ADDRESS XID [R] OPCODE [FLAGS] TYPE NAME
  if (text.find(" PACKET ") == std::string_view::npos) return std::nullopt;
  ResolverLine line;
  line.resolver = "windows-dns";
  line.time = take_windows_time(text, order, clock);
  const std::size_t packet = text.find(" PACKET ");
  if (packet == std::string_view::npos) return std::nullopt;
  text.remove_prefix(packet + 8);
  std::string_view word = next_word(text);
  if (word != "UDP" && word != "TCP") word = next_word(text);  // the buffer came first
  if (word != "UDP" && word != "TCP") return std::nullopt;
  const std::string_view direction = next_word(text);
  const std::string_view address = next_word(text);
  next_word(text);
  word = next_word(text);
  if (word == "R" || word != "Q") return std::nullopt;  // answers tell no more than questions
  const std::size_t flags = text.find(']');
  if (!text.starts_with('[') || flags == std::string_view::npos) return std::nullopt;
  text.remove_prefix(flags + 1);
  line.type = next_word(text);
  line.name = windows_name(next_word(text));
  if (line.name.empty()) return std::nullopt;
  if (direction == "Rcv") {
    line.client = address;
  } else if (direction == "Snd") {
    line.kind = ResolverLine::Kind::kForwarded;
    line.server = address;
  } else {
    return std::nullopt;
  }
  return line;
}

}  // namespace konseki
