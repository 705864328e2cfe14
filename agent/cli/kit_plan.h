// KitPlan: all that the options of `konseki kit make` ask for, read and checked.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agent/cli/arguments.h"
#include "agent/cli/kit_programs.h"
#include "agent/kit/kit_config.h"
#include "agent/kit/kit_data.h"
#include "agent/seal/signing_key.h"
#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

// Everything that goes into a kit, checked.
struct KitPlan {
  std::string folder;
  KitConfig config;
  std::vector<KitProgram> programs;
  std::vector<KitMember> members;
  std::size_t rules_left_out = 0;
  std::size_t indicators_left_out = 0;
  std::optional<std::chrono::seconds> max_time;
  std::optional<SigningKey> signing_key;
};

// Writes nothing. What of rules, indicators and definitions cannot be used is told on stderr in
// `language`; an error names the option.
Result<KitPlan> make_kit_plan(const Arguments& arguments, Language language);

}  // namespace konseki
