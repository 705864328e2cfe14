// PacketLine: what one line of a firewall's log says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/common/logs/log_clock.h"
#include "konseki/time.h"

namespace konseki {

// Views into the line; empty or absent where the line says nothing.
struct PacketLine {
  std::optional<Timestamp> time;
  std::string_view action;
  std::string_view direction;
  std::string_view protocol;
  std::string_view source;
  std::string_view destination;
  std::string_view rule;
  std::string_view in;
  std::string_view out;
  std::string flags;
  std::string_view path;
  std::optional<std::uint16_t> source_port;
  std::optional<std::uint16_t> destination_port;
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> uid;
  std::optional<std::uint64_t> pid;
};

// A line of the target LOG of iptables, nftables and ufw, as the kernel's log holds it. Nothing
// for any other line; the clock has seen it all the same.
std::optional<PacketLine> read_netfilter_line(std::string_view text, LogClock& clock);

// pfirewall.log of Windows: W3C-like, its columns named by "#Fields:".
class WindowsFirewallLog {
 public:
  // True for a directive ("#Fields: ...", "#Time Format: Local").
  bool take_directive(std::string_view text);
  // Nothing when the line has not the columns that were named.
  std::optional<PacketLine> read(std::string_view text, LogClock& clock) const;
  bool has_fields() const { return !fields_.empty(); }

 private:
  std::vector<std::string> fields_;
  bool universal_time_ = false;
};

}  // namespace konseki
