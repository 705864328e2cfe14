// Networks the host was on: SOFTWARE, Microsoft\Windows NT\CurrentVersion\NetworkList.
#pragma once

#include "agent/base/registry_hive.h"
#include "konseki/record.h"

namespace konseki::windows {

extern const RecordSchema kNetworkProfileSchema;

// One windows.network_profile a key of Profiles, with the gateway that Signatures know of it;
// signatures without a profile come as records of their own.
void parse_network_profiles(const RegistryHive& software, const RecordEmitter& emit);

}  // namespace konseki::windows
