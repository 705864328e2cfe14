// Our own YARA rules and our own matchers speak of the same files: one finding a file.
#pragma once

#include <vector>

#include "konseki/finding.h"

namespace konseki {

// A finding of matcher "yara" by a rule of yara-rules/webshell or yara-rules/miner becomes a
// witness of the finding that the matcher of that name has on the same file, if there is one. The
// matcher's verdict stands where it has asked these rules itself (webshell); else the higher score
// of the two counts, for both look at the same content and are no independent witnesses.
void join_own_rules(std::vector<Finding>& findings);

}  // namespace konseki
