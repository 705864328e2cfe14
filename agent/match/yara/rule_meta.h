// What the meta section and the tags of a rule say about how much a match means.
#pragma once

#include <string>

#include "agent/match/yara/rule_hit.h"

namespace konseki::yara {

// A rule whose author gives no measure.
inline constexpr int kDefaultScore = 70;

// 0 to 100: meta "score"; else "severity", "threat_level" or "confidence" in words or numbers;
// else kDefaultScore. docs/yara.md has the table.
int score_of(const RuleHit& hit);

// "T1505.003" from meta (keys that speak of MITRE, ATT&CK or techniques) or a tag such as
// attack_t1505_003; empty when there is none.
std::string technique_of(const RuleHit& hit);

// The value of the first meta entry of this name (case-blind), or empty.
std::string meta_value(const RuleHit& hit, std::string_view key);

}  // namespace konseki::yara
