// Terms of OpenIOC and the properties of STIX objects that they speak of.
#pragma once

#include <span>
#include <string_view>

#include "agent/match/indicators/field_test.h"

namespace konseki {

struct OpenIocTerm {
  std::string_view term;  // "FileItem/Md5sum"
  Field field;
};

// All terms that are applied, in groups by document; docs/indicators.md shows them.
std::span<const OpenIocTerm> openioc_terms();

// Case-blind; nullptr for a term that is not applied.
const Field* openioc_field(std::string_view term);

}  // namespace konseki
