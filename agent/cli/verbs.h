// The verbs of the command line, one file each. Each answers the program's exit code.
#pragma once

#include <string>
#include <vector>

#include "konseki/text.h"

namespace konseki {

int run_collect(const std::vector<std::string>& words, Language language);
int run_verify(const std::vector<std::string>& words, Language language);
int run_info(const std::vector<std::string>& words, Language language);
int run_recover(const std::vector<std::string>& words, Language language);
int run_export(const std::vector<std::string>& words, Language language);
int run_timeline(const std::vector<std::string>& words, Language language);
int run_report(const std::vector<std::string>& words, Language language);
int run_diff(const std::vector<std::string>& words, Language language);
int run_key(const std::vector<std::string>& words, Language language);
int run_custody(const std::vector<std::string>& words, Language language);
int run_indicators(const std::vector<std::string>& words, Language language);
int run_match(const std::vector<std::string>& words, Language language);
int run_kit(const std::vector<std::string>& words, Language language);
int run_list(const std::vector<std::string>& words, Language language);

}  // namespace konseki
