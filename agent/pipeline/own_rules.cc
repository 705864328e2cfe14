#include "agent/pipeline/own_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace konseki {
namespace {

constexpr std::size_t kMostWitnesses = 64;

// The matcher that our own rule belongs to; empty for the rules of others.
std::string_view matcher_of(const Finding& finding) {
  if (finding.matcher != "yara" || !finding.schema.empty()) return {};
  for (const std::string_view matcher : {"webshell", "miner"}) {
    if (finding.origin.starts_with("yara-rules/" + std::string(matcher) + "/")) return matcher;
  }
  return {};
}

void join(Finding& finding, Finding&& rule) {
  const std::string name = "yara." + rule.rule;
  const bool known = std::any_of(finding.witnesses.begin(), finding.witnesses.end(),
                                 [&](const Witness& each) { return each.name == name; });
  if (!known) {
    Witness witness;
    witness.name = name;
    witness.score = rule.score;
    witness.text = rule.reason;
    finding.witnesses.push_back(std::move(witness));
    finding.score = std::max(finding.score, rule.score);
    // Never critical by this: the rule and the matcher look at the same content.
    finding.severity = std::max(finding.severity, severity_of_score(finding.score));
  }
  for (Witness& witness : rule.witnesses) {
    if (witness.name != "yara.string" || finding.witnesses.size() >= kMostWitnesses) continue;
    witness.text.en = rule.rule + ": " + witness.text.en;
    witness.text.ja = rule.rule + ": " + witness.text.ja;
    finding.witnesses.push_back(std::move(witness));
  }
}

}  // namespace

void join_own_rules(std::vector<Finding>& findings) {
  // By matcher and file; a matcher may have several findings on one: the gravest comes first.
  std::map<std::pair<std::string, std::string>, std::size_t> subjects;
  const auto key_of = [](std::string_view matcher, const Finding& finding) {
    const PathSpec& subject = finding.subject;
    return std::pair(std::string(matcher),
                     subject.evidence + '\0' + subject.snapshot + '\0' + subject_path(subject));
  };
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const Finding& finding = findings[i];
    if ((finding.matcher == "webshell" || finding.matcher == "miner") && finding.schema.empty()) {
      subjects.try_emplace(key_of(finding.matcher, finding), i);
    }
  }
  std::vector<bool> joined(findings.size());
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const std::string_view matcher = matcher_of(findings[i]);
    if (matcher.empty()) continue;
    const auto subject = subjects.find(key_of(matcher, findings[i]));
    if (subject == subjects.end()) continue;
    join(findings[subject->second], std::move(findings[i]));
    joined[i] = true;
  }
  std::size_t i = 0;
  std::erase_if(findings, [&](const Finding&) { return joined[i++]; });
}

}  // namespace konseki
