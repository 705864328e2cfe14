#include "agent/match/escalation/trigger.h"

#include <algorithm>

namespace konseki {
namespace {

constexpr KindWords kWords[] = {{"webshell", "webshell", "Web シェル"},
                                {"miner", "miner", "マイナー"},
                                {"defacement", "defacement", "改ざん"}};

// Web pages are defaced: medium is what honest scoring gives most of them.
Severity least_of(TriggerKind kind) {
  return kind == TriggerKind::kDefacement ? Severity::kMedium : Severity::kHigh;
}

bool is_of(const Finding& finding, TriggerKind kind) {
  return finding.matcher == words_of(kind).matcher && finding.severity >= least_of(kind);
}

Trigger trigger_of(const Finding& finding, TriggerKind kind, const HostFiles& files,
                   const webshell::SiteEvidence& site) {
  Trigger trigger;
  trigger.kind = kind;
  trigger.finding = &finding;
  trigger.file = files.find(finding.subject);
  for (const Witness& witness : finding.witnesses) {
    if (trigger.file || witness.name != "process.program" || witness.addresses.empty()) continue;
    trigger.file = files.find(witness.addresses.front());
  }
  if (kind != TriggerKind::kMiner) trigger.story = site.story_of(finding.subject, 100);
  if (trigger.file && trigger.file->modified) trigger.times.push_back(*trigger.file->modified);
  for (const auto& time : {trigger.story.first, trigger.story.last, finding.first_seen}) {
    if (time) trigger.times.push_back(*time);
  }
  return trigger;
}

}  // namespace

const KindWords& words_of(TriggerKind kind) { return kWords[static_cast<std::size_t>(kind)]; }

std::vector<Timestamp> Triggers::times() const {
  std::vector<Timestamp> out;
  for (const Trigger& each : all) out.insert(out.end(), each.times.begin(), each.times.end());
  return out;
}

bool any_trigger(std::span<const Finding> findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return std::any_of(std::begin(kTriggerKinds), std::end(kTriggerKinds),
                       [&](TriggerKind kind) { return is_of(finding, kind); });
  });
}

Triggers triggers_of(std::span<const Finding> findings, const HostFiles& files,
                     const webshell::SiteEvidence& site) {
  Triggers out;
  for (const TriggerKind kind : kTriggerKinds) {
    std::size_t taken = 0;
    for (const Finding& finding : findings) {
      if (!is_of(finding, kind)) continue;
      if (++taken > kMostTriggers) {
        ++out.more;
      } else {
        out.all.push_back(trigger_of(finding, kind, files, site));
      }
    }
  }
  return out;
}

}  // namespace konseki
