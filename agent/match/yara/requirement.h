// Requirement: what must be so of a content for a rule's condition to hold.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/yara/file_head.h"
#include "agent/match/yara/rule_lexer.h"
#include "agent/match/yara/rule_string.h"

namespace konseki::yara {

// A tree. It says less than the condition, never more: what it cannot read may hold. Plain value.
struct Requirement {
  enum class Kind : std::uint8_t {
    kMaybe,    // nothing is known
    kAll,      // every part holds
    kAny,      // one part holds; of none: never
    kStrings,  // `count` of `strings` are found
    kHead,     // the content begins so
    kFormat,   // a module finds its format, which begins so, in the content
    kSize,     // min to max bytes, both inclusive
    kRule,     // the rule `name` fires
    kThis,     // inside of "for ... of": the string at hand is found
  };
  Kind kind = Kind::kMaybe;
  std::size_t count = 0;
  std::vector<std::uint32_t> strings;  // indexes of the rule's strings
  FileHead head;
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
  std::string name;
  std::vector<Requirement> parts;
};

// Reads comparisons of filesize and of uint8/16/32 at 0 to 3, strings and sets of strings, fields
// of the modules pe, elf and dotnet and names of rules, joined by and / or.
Requirement requirement_of(std::span<const Token> condition, std::span<const RuleString> strings);

// What is known of a content, or of every content of a class.
struct Circumstances {
  FileHead head;                      // what is known of its first bytes
  std::optional<std::uint64_t> size;  // absent: any
  bool whole = true;                  // false: in blocks, any of which a module may look at
  bool plain = false;                 // it begins as no rule asks
};

// True when the requirement may be met. `found(index)` answers for the rule's strings,
// `fires(name)` for other rules.
template <class Found, class Fires>
bool may_hold(const Requirement& requirement, const Circumstances& known, const Found& found,
              const Fires& fires) {
  using Kind = Requirement::Kind;
  switch (requirement.kind) {
    case Kind::kMaybe:
    case Kind::kThis:
      return true;
    case Kind::kAll:
      for (const Requirement& part : requirement.parts) {
        if (!may_hold(part, known, found, fires)) return false;
      }
      return true;
    case Kind::kAny:
      for (const Requirement& part : requirement.parts) {
        if (may_hold(part, known, found, fires)) return true;
      }
      return false;
    case Kind::kStrings: {
      std::size_t count = 0;
      for (std::size_t i = 0; i < requirement.strings.size() && count < requirement.count; ++i) {
        if (found(requirement.strings[i])) ++count;
      }
      return count >= requirement.count;
    }
    case Kind::kHead:
      return !known.plain && requirement.head.agrees(known.head);
    case Kind::kFormat:
      return !known.whole || (!known.plain && requirement.head.agrees(known.head));
    case Kind::kSize:
      return !known.size || (*known.size >= requirement.min && *known.size <= requirement.max);
    case Kind::kRule:
      return fires(requirement.name);
  }
  return true;
}

}  // namespace konseki::yara
