// The [ ] of a STIX pattern one by one, with what tells quickly that one cannot be true.
#pragma once

#include <string>
#include <vector>

#include "agent/match/stix/pattern.h"

namespace konseki {

struct PatternTest {
  std::vector<std::string> types;     // of objects one of which must be there; sorted
  std::vector<std::string> literals;  // one of them must occur; empty: nothing is known
};

// In the order in which they are written.
std::vector<PatternTest> tests_of(const stix::Pattern& pattern);
// The conditions themselves, in the same order; they live as long as `pattern`.
std::vector<const stix::Condition*> conditions_of(const stix::Pattern& pattern);

}  // namespace konseki
