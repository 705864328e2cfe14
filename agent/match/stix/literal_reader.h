// Constants of a STIX pattern from their words.
#pragma once

#include "agent/match/stix/pattern.h"
#include "agent/match/stix/pattern_lexer.h"

namespace konseki::stix {

bool is_literal(const Token& token);

// The constant that `token` writes; `pattern` is only for errors' positions.
Result<Literal> read_literal(const Token& token, std::string_view pattern);

// Seconds of WITHIN, as nanoseconds, rounded up. Must be positive.
Result<Instant> read_seconds(const Token& token, std::string_view pattern);

// The count of REPEATS. Must be positive.
Result<std::uint64_t> read_count(const Token& token, std::string_view pattern);

}  // namespace konseki::stix
