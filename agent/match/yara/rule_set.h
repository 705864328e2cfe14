// RuleSet: compiled rules, ready for any number of scanners.
#pragma once

#include <cstddef>
#include <string>

#include "agent/base/handles/yara.h"

namespace konseki::yara {

// Immutable; several YaraScanners may use it at once. Outlives them.
struct RuleSet {
  YaraRulesHandle rules;
  std::string file;  // compiled by somebody else: the file it came from, its rules' origin
};

}  // namespace konseki::yara
