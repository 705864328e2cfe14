// MatchFacts: what was matched in a run and with how much, as the manifest's "matching" says.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/json_view.h"
#include "konseki/text.h"

namespace konseki {

struct NamedCount {
  std::string name;
  std::uint64_t count = 0;
};

struct MatcherFacts {
  std::string matcher;
  std::vector<NamedCount> loaded, looked_at, not_looked_at;
};

struct CutRuleFacts {
  std::string matcher, rule;
  std::uint64_t findings = 0, kept = 0;
};

struct MatchFacts {
  std::array<std::uint64_t, 5> findings{};  // by severity, from info up
  std::uint64_t files = 0, contents = 0, records = 0, gaps = 0, allowed = 0, held_down = 0;
  std::vector<NamedCount> not_read;  // files without content, by reason
  std::vector<MatcherFacts> matchers;
  std::vector<CutRuleFacts> cut_rules;

  std::uint64_t indicators() const;  // loaded
  std::uint64_t rules() const;       // loaded
  std::uint64_t processes() const;   // whose memory was looked at
  // What should have been looked at and could not be: unreadable files, time-outs. Files of which
  // by plan only the name is known are not counted, and neither are bytes.
  std::uint64_t could_not() const;
};

MatchFacts read_match_facts(const JsonView& matching);

// The answer to an alert in one line: "HOST: 3 findings (1 high, 2 medium) of 1,204 indicators and
// 87 rules; 4,511 files (1,020 with content) and 20,113 records looked at; 3 could not be; 1
// finding held down as a likely false alarm".
Bilingual match_line(std::string_view host, const MatchFacts& facts);

// What stands behind the line, a sentence each: kinds of indicators and rules, what could not be
// looked at and why, rules that were cut, the allow list. Not yet passed through visible_text().
std::vector<Bilingual> match_details(const MatchFacts& facts);

}  // namespace konseki
