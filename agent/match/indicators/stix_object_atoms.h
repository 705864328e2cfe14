// What a STIX cyber-observable object lets one look for.
#pragma once

#include <string_view>
#include <vector>

#include "agent/match/indicators/atom.h"
#include "agent/match/stix/value.h"
#include "konseki/text.h"

namespace konseki {

bool is_observable_type(std::string_view type);

struct ObjectAtoms {
  std::vector<Atom> atoms;
  Bilingual reason;    // why there are none; empty: what it says stands in other objects
  std::string detail;  // the value that is wrong
};

// A file with digests is known by these, and by its name only without any.
ObjectAtoms atoms_of_object(const stix::Value& object);

}  // namespace konseki
