// RuleGuard: what a file must be, by its first bytes and size, for a rule's condition to hold.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "agent/match/yara/rule_lexer.h"

namespace konseki::yara {

// The first four bytes of a file, the first one in the lowest byte.
struct FileHead {
  std::uint32_t value = 0;
  std::uint32_t mask = 0;  // set where the byte is known

  bool operator==(const FileHead&) const = default;
  // False when no file begins as both say.
  bool agrees(const FileHead& other) const {
    return ((value ^ other.value) & mask & other.mask) == 0;
  }
};

// A necessary condition: a rule never fires where its guard does not hold. It says less than the
// rule, never more; what it cannot read it takes as possible. Plain value.
struct RuleGuard {
  bool any_head = true;
  std::vector<FileHead> heads;  // one of them, unless any_head
  std::uint64_t min_size = 0;   // bytes, both inclusive
  std::uint64_t max_size = std::numeric_limits<std::uint64_t>::max();

  // False when no file that begins with `head` and has min to max bytes can pass.
  bool may_hold(const FileHead& head, std::uint64_t min, std::uint64_t max) const;
};

// By name without its mark, the head that a string asks for when it stands at 0.
using StringHeads = std::map<std::string_view, FileHead, std::less<>>;

// The guard of a condition, from its words. Reads comparisons of filesize and of uint8/16/32 at
// 0 to 3, strings at 0, and fields of the modules pe, elf and dotnet, joined by and / or.
RuleGuard guard_of_condition(std::span<const Token> condition, const StringHeads& strings);

}  // namespace konseki::yara
