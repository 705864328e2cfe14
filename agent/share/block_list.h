// Block lists: what indicators list, in the forms that resolvers, proxies and firewalls read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/warning_set.h"
#include "konseki/finding.h"
#include "konseki/time.h"

namespace konseki {

enum class BlockListFormat : std::uint8_t {
  kPlain,  // a value a line
  kHosts,  // a hosts file: "0.0.0.0 name"
  kRpz,  // a response policy zone of BIND, Knot, PowerDNS, Unbound: names with all below, addresses
  kCsv,  // a table with all that is known
};

// One value and why it is blocked.
struct BlockEntry {
  Observable value;
  std::string indicator, name, technique, marking, source;
  std::optional<Timestamp> first_seen, last_seen;  // absent: listed and not seen
  std::uint64_t count = 0;
};

// Gathers values, each once, and leaves out what must never be blocked.
class BlockList {
 public:
  // `warnings` outlives the list. `kinds`: Observable types that are wanted; empty: all that the
  // format can say.
  BlockList(BlockListFormat format, const WarningSet& warnings, std::vector<std::string> kinds)
      : format_(format), warnings_(warnings), kinds_(std::move(kinds)) {}

  void add(BlockEntry entry);

  // The file, sorted. `taken` becomes the serial number of a zone.
  std::string text(const Timestamp& taken) const;

  std::size_t size() const { return entries_.size(); }
  std::uint64_t held_down() const { return held_down_; }      // on a warninglist
  std::uint64_t reserved() const { return reserved_; }        // private, reserved, special names
  std::uint64_t not_of_form() const { return not_of_form_; }  // the format cannot say it

 private:
  bool fits(const Observable& value) const;

  BlockListFormat format_;
  const WarningSet& warnings_;
  std::vector<std::string> kinds_;
  std::map<Observable, BlockEntry> entries_;
  std::uint64_t held_down_ = 0;
  std::uint64_t reserved_ = 0;
  std::uint64_t not_of_form_ = 0;
};

}  // namespace konseki
