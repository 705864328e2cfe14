// A finding in words, for the terminal and for the page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/report/finding_summary.h"
#include "konseki/text.h"

namespace konseki {

Bilingual rating_text(Rating severity);

// "expired", "期限切れ"; flags that this version does not know as themselves.
Bilingual flag_text(std::string_view flag);

// "seen 2026-08-15 02:00:00 to 2026-08-16 03:00:00 UTC, 3 times"; empty when the evidence says
// nothing of it.
Bilingual seen_text(const FindingSummary& finding);

// The rule or indicator's name with its own title where that says more.
std::string rule_title(const FindingSummary& finding);

// The lines of one finding, ready for a terminal: severity, rule and place; why; its witnesses, at
// most `witnesses`, with what is left out said; when, from where, flags. No line breaks inside.
std::vector<std::string> finding_lines(const FindingSummary& finding, Language language,
                                       std::size_t witnesses);

}  // namespace konseki
