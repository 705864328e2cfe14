// RuleHit: one rule that fired, as plain data.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "konseki/byte_reader.h"

namespace konseki::yara {

// One of the rule's strings, where it was found. Private strings are never told of.
struct StringHit {
  std::string name;               // "$a"
  std::uint64_t count = 0;        // all matches that were kept by the scan
  std::vector<ByteRange> ranges;  // the first few, in order
  std::string excerpt;            // of the first one: printable ASCII, other bytes as \xNN
};

// Private rules never become one.
struct RuleHit {
  std::string rule;
  std::string file;  // that the rule came from
  std::vector<std::string> tags;
  std::vector<std::pair<std::string, std::string>> meta;  // in the rule's order; numbers as text
  std::vector<StringHit> strings;
};

}  // namespace konseki::yara
