// Autostart entries of one hive, by the table in locations.h.
#pragma once

#include "agent/base/registry_hive.h"
#include "collectors/windows/base/environment.h"
#include "collectors/windows/base/hive_identity.h"
#include "konseki/record.h"

namespace konseki::windows {

// Emits a persistence record for everything in `hive` that a row of the table finds, in the
// hive's order. What could not be read comes as a corrupt record that names the key.
void parse_autostart(const RegistryHive& hive, const HiveIdentity& identity,
                     const Environment& environment, const RecordEmitter& emit);

}  // namespace konseki::windows
