// YARA rule files that the user names, read into memory.
#pragma once

#include <string>
#include <vector>

#include "agent/match/yara/rule_source.h"
#include "konseki/result.h"

namespace konseki {

// Reads each file, and each *.yar, *.yara, *.rule, *.rules and *.yac below each folder, sorted by
// path. A rule file of a folder may include what lies below that folder, any other what lies
// below its own.
Result<std::vector<yara::RuleFile>> read_rule_files(const std::vector<std::string>& paths);

// Reads a file that a rule file includes.
Result<std::string> read_included_rules(const std::string& path);

}  // namespace konseki
