// Registry keys and values that artifact definitions ask for, resolved against one hive.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/base/registry_hive.h"
#include "collectors/windows/base/hive_identity.h"
#include "konseki/collector.h"
#include "konseki/record.h"

namespace konseki::windows {

extern const RecordSchema kRegistryValueSchema;

// Where a definition's full key lies in a hive: '/' separated patterns below the hive's root, none
// when the key is in another hive. `control_set` stands in for CurrentControlSet. User hives of
// unknown users take the keys meant for any user.
std::vector<std::string> keys_in_hive(std::string_view full_key, const HiveIdentity& identity,
                                      std::string_view control_set);

// Emits a windows.registry_value for every value that a pattern matches, and one without a value
// for each matched key that has none (the key and its time are evidence, too). A value that
// several definitions ask for comes once, with all their names.
void resolve_patterns(const RegistryHive& hive, const HiveIdentity& identity,
                      std::span<const RegistryPattern> patterns, const RecordEmitter& emit);

}  // namespace konseki::windows
