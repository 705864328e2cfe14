// The matchers that need no rules from outside: what the program knows by itself.
#pragma once

#include <memory>
#include <vector>

#include "konseki/matcher.h"

namespace konseki {

// Fresh instances; one set serves one run over one Source.
std::vector<std::unique_ptr<Matcher>> make_builtin_matchers();

}  // namespace konseki
