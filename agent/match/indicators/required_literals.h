// Texts of which one must occur wherever a regular expression is found: so that most texts can be
// passed over without running it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/stix/pattern.h"

namespace konseki {

inline constexpr std::size_t kShortestLiteral = 3;

// ASCII in lower case, each of at least kShortestLiteral bytes and without '/' and '\'.
// Nothing when there may be matches without any of them, or the expression holds what this does
// not understand. An answer never leaves out a match.
std::optional<std::vector<std::string>> literals_of_regex(std::string_view pattern);
// The same of a LIKE pattern and of a plain text.
std::optional<std::vector<std::string>> literals_of_like(std::string_view pattern);
std::optional<std::vector<std::string>> literals_of_text(std::string_view text);
// The same of one [ ] of a STIX pattern, over all text values of an observation.
std::optional<std::vector<std::string>> literals_of_condition(const stix::Condition& condition);

}  // namespace konseki
