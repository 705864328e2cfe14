// Trigger: a finding so grave that everything near it is worth a look.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "agent/match/escalation/host_files.h"
#include "agent/match/webshell/site_evidence.h"
#include "konseki/finding.h"

namespace konseki {

enum class TriggerKind { kWebshell, kMiner, kDefacement };
inline constexpr TriggerKind kTriggerKinds[] = {TriggerKind::kWebshell, TriggerKind::kMiner,
                                                TriggerKind::kDefacement};

// How a kind is called, in the chain and at the head of a witness; `matcher` finds it.
struct KindWords {
  std::string_view matcher, en, ja;
};
const KindWords& words_of(TriggerKind kind);

// Views of findings and files that must outlive it.
struct Trigger {
  TriggerKind kind = TriggerKind::kWebshell;
  const Finding* finding = nullptr;
  const HostFile* file = nullptr;  // null for processes and for files that are not kept
  webshell::SiteStory story;       // not of miners
  std::vector<Timestamp> times;    // when it was there
};

struct Triggers {
  std::vector<Trigger> all;  // webshells, miners, defacements; each worst first
  std::size_t more = 0;      // beyond kMostTriggers of a kind

  std::vector<Timestamp> times() const;  // of all of them
};

inline constexpr std::size_t kMostTriggers = 50;  // of each kind

// True when there is one.
bool any_trigger(std::span<const Finding> findings);
Triggers triggers_of(std::span<const Finding> findings, const HostFiles& files,
                     const webshell::SiteEvidence& site);

}  // namespace konseki
