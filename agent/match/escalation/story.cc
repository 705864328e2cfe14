#include "agent/match/escalation/story.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string>

#include "agent/match/escalation/chain.h"
#include "agent/match/escalation/vicinity.h"

namespace konseki {
namespace {

Bilingual reason_of(const Triggers& triggers, const Bilingual& chain,
                    std::span<const Witness> added) {
  std::array<std::size_t, std::size(kTriggerKinds)> counts{};
  for (const Trigger& each : triggers.all) ++counts[static_cast<std::size_t>(each.kind)];
  std::string en, ja, added_en, added_ja;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    en += fmt::format("{}{}: {}", en.empty() ? "" : ", ", words_of(kTriggerKinds[i]).en, counts[i]);
    ja +=
        fmt::format("{}{} {} 件", ja.empty() ? "" : "、", words_of(kTriggerKinds[i]).ja, counts[i]);
  }
  for (const Witness& each : added) {
    added_en += (added_en.empty() ? "" : "; ") + each.text.en;
    added_ja += (added_ja.empty() ? "" : "、") + each.text.ja;
  }
  if (added.empty()) {
    added_en = "nothing further";
    added_ja = "なし";
  }
  Bilingual reason{
      fmt::format("Deeper checks were switched on ({}). In order: {}. They added: {}.", en,
                  chain.en, added_en),
      fmt::format("詳しい調査に切り替えました ({})。順序: {}。追加で判明したこと: {}。", ja,
                  chain.ja, added_ja)};
  if (triggers.more > 0) {
    reason.en += fmt::format(" {} more are not followed.", triggers.more);
    reason.ja += fmt::format("ほか {} 件は追跡していません。", triggers.more);
  }
  return reason;
}

}  // namespace

Finding story_of(const StorySources& sources, const Triggers& triggers,
                 std::span<const Finding> findings) {
  Finding finding;
  finding.matcher = "escalation";
  finding.rule = "escalation";
  finding.origin = "konseki";
  finding.title = "Escalation";
  finding.severity = Severity::kLow;
  finding.score = 10;
  finding.count = triggers.all.size() + triggers.more;
  const Bilingual chain = add_chain(sources, triggers, finding);
  const std::size_t told = finding.witnesses.size();
  add_vicinity(sources, triggers, findings, finding);
  finding.reason = reason_of(triggers, chain, std::span(finding.witnesses).subspan(told));
  for (const Trigger& each : triggers.all) {
    if (each.story.first && (!finding.first_seen || *each.story.first < *finding.first_seen)) {
      finding.first_seen = each.story.first;
    }
    if (each.story.last && (!finding.last_seen || *finding.last_seen < *each.story.last)) {
      finding.last_seen = each.story.last;
    }
  }
  return finding;
}

}  // namespace konseki
