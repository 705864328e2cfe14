#include "agent/artifact/path_pattern.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "agent/artifact/glob.h"

namespace konseki {
namespace {

std::vector<std::string_view> split(std::string_view pattern) {
  std::vector<std::string_view> parts;
  while (!pattern.empty()) {
    const std::size_t slash = std::min(pattern.find('/'), pattern.size());
    if (slash > 0) parts.push_back(pattern.substr(0, slash));
    pattern.remove_prefix(std::min(slash + 1, pattern.size()));
  }
  return parts;
}

// The number in "**" (0 when there is none) or nothing when this is no globstar.
std::optional<std::uint32_t> globstar_number(std::string_view segment, bool& bare) {
  if (!segment.starts_with("**")) return std::nullopt;
  segment.remove_prefix(2);
  bare = segment.empty();
  if (bare) return 0;
  std::uint32_t number = 0;
  auto [at, error] = std::from_chars(segment.data(), segment.data() + segment.size(), number);
  if (error != std::errc() || at != segment.data() + segment.size()) return std::nullopt;
  return number;
}

}  // namespace

std::vector<PatternSegment> split_pattern(std::string_view pattern) {
  std::vector<PatternSegment> segments;
  for (std::string_view part : split(pattern)) {
    bool bare = false;
    if (auto number = globstar_number(part, bare)) {
      const bool usable = *number >= 1 && *number <= kGlobstarDepth;
      segments.push_back({PatternSegment::Kind::kGlobstar, {}, usable ? *number : kGlobstarDepth});
    } else {
      segments.push_back(
          {has_glob(part) ? PatternSegment::Kind::kGlob : PatternSegment::Kind::kLiteral,
           std::string(part), 0});
    }
  }
  return segments;
}

std::string pattern_error(std::string_view pattern) {
  const auto parts = split(pattern);
  if (parts.empty()) return "empty path";
  std::size_t globstars = 0;
  for (std::string_view part : parts) {
    if (part.find("**") == std::string_view::npos) continue;
    bool bare = false;
    if (!globstar_number(part, bare)) {
      return "'**' must be a segment of its own (with at most a number after it): " +
             std::string(part);
    }
    if (++globstars > 1) return "more than one '**' in a path";
  }
  bool bare = false;
  if (pattern.ends_with('/') && globstar_number(parts.back(), bare)) {
    return "'**' before a closing separator";
  }
  return {};
}

std::string pattern_warning(std::string_view pattern) {
  for (std::string_view part : split(pattern)) {
    bool bare = false;
    const auto number = globstar_number(part, bare);
    if (number && !bare && (*number < 1 || *number > kGlobstarDepth)) {
      return "number after '**' must be 1 to 10; taken as 10: " + std::string(part);
    }
  }
  return {};
}

}  // namespace konseki
