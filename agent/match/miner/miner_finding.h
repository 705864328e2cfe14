// The finding that the signs on one subject make.
#pragma once

#include <optional>

#include "agent/match/miner/miner_subject.h"
#include "konseki/matcher.h"

namespace konseki {

// What the signs of a subject amount to.
enum class MinerVerdict {
  kNothing,
  kMiner,
  kLoader,
  kDisguise,    // named like a part of the kernel and run from where nothing of it lies
  kLocked,      // starts by itself, and nobody can change it before its flag is taken off
  kDriver,      // WinRing0, which programs that watch temperatures bring as well
  kHostChange,  // worth a word beside a miner on the same host
};

MinerVerdict verdict_of(const MinerSubject& subject);

// Nothing where the signs do not carry the verdict.
std::optional<Finding> miner_finding(const MinerSubject& subject, MinerVerdict verdict);

}  // namespace konseki
