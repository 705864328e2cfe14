// Warninglist: values that are known to raise false alarms, as MISP publishes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/feed.h"
#include "agent/match/indicators/feed_text.h"

namespace konseki {

// How an entry speaks of a value. kString: the whole value, case-blind. kSubstring: found anywhere
// in it. kHostname: the host or a parent of it. kCidr: an address inside. kRegex: PCRE, a search;
// MISP's delimiters ("/x/i") are taken off and the flag becomes "(?i)".
enum class WarninglistType : std::uint8_t { kString, kSubstring, kHostname, kCidr, kRegex };

struct Warninglist {
  std::string name;
  std::string description;
  std::string file;
  WarninglistType type = WarninglistType::kString;
  std::vector<std::string> matching_attributes;  // MISP attribute types it speaks of; empty: all
  std::vector<std::string> values;
};

std::string_view warninglist_type_name(WarninglistType type);

// Reads {"name", "description", "type", "matching_attributes", "list"}. Problems go to `report`:
// an unknown type is an error, entries that are no networks or no expressions are a note.
Warninglist read_warninglist(FeedText& text, FeedReport& report);

}  // namespace konseki
