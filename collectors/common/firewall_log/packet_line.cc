#include "collectors/common/firewall_log/packet_line.h"

#include <algorithm>

#include "agent/base/parse_number.h"
#include "agent/base/unicode.h"
#include "collectors/common/logs/log_words.h"
#include "collectors/common/logs/syslog_line.h"

namespace konseki {
namespace {

bool has_any(std::string_view folded, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return folded.find(word) != std::string_view::npos;
  });
}

// What the words of a rule mean; they are free text, so only the plain ones count.
std::string_view action_of(std::string_view rule) {
  const std::string folded = fold_case(rule);
  if (has_any(folded, {"block", "drop", "reject", "deny", "denied"})) return "block";
  if (has_any(folded, {"allow", "accept", "permit", "pass"})) return "allow";
  return {};
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// NAME=VALUE words of the packet; of a header that an ICMP error quotes ("[SRC=...") nothing.
void take_packet(std::string_view text, PacketLine& packet) {
  constexpr int kMostWords = 64;
  for (int words = 0; !text.empty() && words < kMostWords; ++words) {
    const std::string_view word = next_word(text);
    if (word.starts_with('[')) return;
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) {
      for (const std::string_view flag : {"SYN", "ACK", "FIN", "RST", "PSH", "URG"}) {
        if (word != flag) continue;
        if (!packet.flags.empty()) packet.flags += ' ';
        packet.flags += flag;
      }
      continue;
    }
    const std::string_view name = word.substr(0, equals);
    const std::string_view value = word.substr(equals + 1);
    if (name == "IN") packet.in = value;
    if (name == "OUT") packet.out = value;
    if (name == "SRC") packet.source = value;
    if (name == "DST") packet.destination = value;
    if (name == "PROTO") packet.protocol = value;
    if (name == "SPT") packet.source_port = parse_number<std::uint16_t>(value);
    if (name == "DPT") packet.destination_port = parse_number<std::uint16_t>(value);
    if (name == "LEN" && !packet.size) packet.size = parse_number<std::uint64_t>(value);
    if (name == "UID") packet.uid = parse_number<std::uint64_t>(value);
  }
}

}  // namespace

std::optional<PacketLine> read_netfilter_line(std::string_view text, LogClock& clock) {
  const auto entry = read_syslog_line(text, clock);
  if (!entry || (entry->program != "kernel" && entry->program != "ulogd")) return std::nullopt;
  std::string_view message = entry->message;
  const std::size_t packet_at = message.find("IN=");
  if (packet_at == std::string_view::npos ||
      message.find(" SRC=", packet_at) == std::string_view::npos ||
      message.find(" DST=", packet_at) == std::string_view::npos) {
    return std::nullopt;
  }
  PacketLine packet;
  std::string_view rule = trim(message.substr(0, packet_at));
  // "[12345.678901] " is the kernel's own clock.
  if (rule.starts_with('[')) {
    const std::size_t end = rule.find(']');
    const std::string_view inside = rule.substr(1, end == std::string_view::npos ? 0 : end - 1);
    if (!inside.empty() && inside.find_first_not_of(" .0123456789") == std::string_view::npos) {
      rule = trim(rule.substr(end + 1));
    }
  }
  packet.rule = rule;
  packet.action = action_of(rule);
  take_packet(message.substr(packet_at), packet);
  if (packet.source.empty() || packet.destination.empty()) return std::nullopt;
  packet.time = time_of(*entry, clock);
  packet.direction = packet.in.empty() ? "out" : packet.out.empty() ? "in" : "forward";
  return packet;
}

bool WindowsFirewallLog::take_directive(std::string_view text) {
  constexpr std::string_view kFields = "#Fields:";
  constexpr std::size_t kMostFields = 64;
  if (!text.starts_with('#')) return false;
  if (text.starts_with(kFields)) {
    fields_.clear();
    text.remove_prefix(kFields.size());
    while (!text.empty() && fields_.size() < kMostFields) {
      if (const std::string_view word = next_word(text); !word.empty()) fields_.emplace_back(word);
    }
  } else if (text.starts_with("#Time Format:")) {
    universal_time_ =
        text.find("UTC") != std::string_view::npos || text.find("GMT") != std::string_view::npos;
  }
  return true;
}

std::optional<PacketLine> WindowsFirewallLog::read(std::string_view text, LogClock& clock) const {
  PacketLine packet;
  std::string_view date;
  std::string_view time;
  for (const std::string& field : fields_) {
    std::string_view value = next_word(text);
    if (value.empty()) break;
    if (value == "-") value = {};
    if (field == "date") date = value;
    if (field == "time") time = value;
    if (field == "action") packet.action = value;
    if (field == "protocol") packet.protocol = value;
    if (field == "src-ip") packet.source = value;
    if (field == "dst-ip") packet.destination = value;
    if (field == "src-port") packet.source_port = parse_number<std::uint16_t>(value);
    if (field == "dst-port") packet.destination_port = parse_number<std::uint16_t>(value);
    if (field == "size") packet.size = parse_number<std::uint64_t>(value);
    if (field == "tcpflags") packet.flags = std::string(value);
    if (field == "path") packet.path = value;
    if (field == "pid") packet.pid = parse_number<std::uint64_t>(value);
  }
  if (date.empty() || time.empty() || packet.action.empty()) return std::nullopt;
  if (date.size() > 10 || time.size() > 12) return std::nullopt;
  std::string moment = std::string(date) + ' ' + std::string(time);
  if (universal_time_) moment += 'Z';
  std::size_t length = 0;
  packet.time = clock.iso(moment, length);
  if (!packet.time) return std::nullopt;
  if (packet.path == "SEND") packet.direction = "out";
  if (packet.path == "RECEIVE") packet.direction = "in";
  if (packet.path == "FORWARD") packet.direction = "forward";
  if (packet.action == "ALLOW" || packet.action == "OPEN" || packet.action == "OPEN-INBOUND") {
    packet.action = "allow";
  } else if (packet.action == "DROP") {
    packet.action = "block";
  }
  return packet;
}

}  // namespace konseki
