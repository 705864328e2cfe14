// WarningSet: warninglists made ready to be asked whether a value is known to raise false alarms.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "agent/match/indicators/atom.h"
#include "agent/match/indicators/warninglist.h"
#include "agent/match/stix/text_pattern.h"

namespace konseki {

// What the lists say of one value.
struct Warning {
  std::string lists;  // names, joined by ", "; empty: none knows the value
  bool sinkhole =
      false;  // of them all: who asks for a sinkhole is infected, so nothing is held down
};

// Asked only about what indicators list and was found, so that lists of any size cost nothing in
// between. matching_attributes decide which kinds of values a list speaks of. Immutable after the
// last add(); thread-safe.
class WarningSet {
 public:
  void add(const Warninglist& list);

  bool empty() const { return lists_.empty(); }
  std::size_t size() const { return lists_.size(); }

  // `value` is canonical, as make_atom() answers it.
  Warning find(AtomType type, std::string_view value) const;

 private:
  struct List {
    std::string name;
    WarninglistType type = WarninglistType::kString;
    std::uint32_t kinds = 0;                 // bits of AtomType
    std::unordered_set<std::string> values;  // folded; of kCidr: payloads of networks
    std::set<std::uint8_t> prefixes_v4, prefixes_v6;
    std::vector<std::string> parts;  // folded; of kSubstring
    std::vector<std::shared_ptr<const stix::TextPattern>> expressions;
  };

  static bool holds(const List& list, AtomType type, std::string_view value);

  std::vector<List> lists_;
};

// Names that never leave a host or its network (RFC 6761, 6762, 8375): what a private address is
// among addresses.
bool is_special_name(std::string_view domain);

}  // namespace konseki
