// Profiles that Windows keeps: SOFTWARE, Microsoft\Windows NT\CurrentVersion\ProfileList.
#pragma once

#include "agent/base/registry_hive.h"
#include "collectors/windows/base/environment.h"
#include "konseki/record.h"

namespace konseki::windows {

extern const RecordSchema kUserProfileSchema;

// One windows.user_profile a key of the list; damaged keys give corrupt records.
void parse_user_profiles(const RegistryHive& software, const Environment& environment,
                         const RecordEmitter& emit);

}  // namespace konseki::windows
