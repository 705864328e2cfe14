// The parts of the verb kit. Each answers the program's exit code.
#pragma once

#include <string>
#include <vector>

#include "konseki/text.h"

namespace konseki {

int run_kit_make(const std::vector<std::string>& words, Language language);
int run_kit_check(const std::vector<std::string>& words, Language language);
int run_kit_run(const std::vector<std::string>& words, Language language);

}  // namespace konseki
