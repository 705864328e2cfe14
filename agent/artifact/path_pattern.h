// A path pattern taken apart: literal, wild-card and globstar segments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

// Levels that a bare "**" spans, as plaso has it.
inline constexpr std::uint32_t kGlobstarDepth = 10;
// Levels of KAPE's "Recursive: true", which knows no bound: deeper than any real tree.
inline constexpr std::uint32_t kUnboundedDepth = 2048;

struct PatternSegment {
  enum class Kind { kLiteral, kGlob, kGlobstar };
  Kind kind = Kind::kLiteral;
  std::string text;         // empty for a globstar
  std::uint32_t depth = 0;  // globstar: takes 1 to this many segments

  bool operator==(const PatternSegment&) const = default;
};

// Segments of a '/' separated pattern; empty segments vanish, so "/etc//x" is "etc", "x".
std::vector<PatternSegment> split_pattern(std::string_view pattern);

// What the definition grammar has against the pattern in technical English, or "". Errors: "x**",
// "**y", a second globstar, a globstar before a closing separator, a pattern of nothing.
std::string pattern_error(std::string_view pattern);
// "**0" and "**11" are outside 1..10 and mean 10; worth a word.
std::string pattern_warning(std::string_view pattern);

}  // namespace konseki
