// Text to Pattern: STIX patterning 2.1, and 2.0 with its looser forms (STIX 2.1 section 9,
// grammar STIXPattern.g4).
#pragma once

#include <cstddef>
#include <string_view>

#include "agent/match/stix/pattern.h"
#include "konseki/result.h"

namespace konseki::stix {

// What one pattern may hold; more is kLimitExceeded. No real feed comes near.
inline constexpr std::size_t kMaxPatternBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxNesting = 100;        // brackets and parentheses
inline constexpr std::size_t kMaxSetMembers = 50'000;  // of one IN
inline constexpr std::size_t kMaxComparisons = 10'000;
inline constexpr std::size_t kMaxPathSteps = 32;
inline constexpr std::size_t kMaxExpressionBytes = std::size_t{16} << 10;  // LIKE, MATCHES

// Errors name line and column, and say in both languages what is wrong. Version k20 also takes
// START and STOP without t before the quotes, and two qualifiers of a kind, as STIX 2.0 tools do.
Result<Pattern> parse_pattern(std::string_view text, Version version);

}  // namespace konseki::stix
