// Merged units as linux.systemd_unit records and persistence entries.
#pragma once

#include <string>

#include "collectors/linux/systemd/unit_set.h"
#include "konseki/host.h"
#include "konseki/record.h"

namespace konseki {

struct UnitScope {
  std::string name;    // "system", "user" (every user's) or "user:NAME"
  std::string home;    // of one account, else empty
  std::string user;    // as whom units run that do not say
  std::string prefix;  // "/$fs$/fs0" of a system outside the tree, else empty
};

// Emits every unit, by name; with a home only those that a file of that home has a part in.
void emit_units(const Units& units, const UnitScope& scope, const RecordEmitter& emit);

}  // namespace konseki
