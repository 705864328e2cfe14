// Our own YARA rules, yara-rules/<topic>/*.yar, as compiled into the program.
#pragma once

#include <span>
#include <string_view>

#include "konseki/artifact.h"

namespace konseki {

// The rule files of one topic ("webshell", "miner"), or of all with an empty one, sorted by name;
// names are "yara-rules/<topic>/<file>". Empty for an unknown topic. They live as long as the
// program. Thread-safe.
std::span<const NamedText> embedded_rules(std::string_view topic);

}  // namespace konseki
