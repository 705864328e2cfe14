// Windows services and drivers, from the SYSTEM hive.
//
// Layout: <control set>\Services\<name>, values as the service control manager writes them
// (Microsoft: "HKLM\SYSTEM\CurrentControlSet\Services Registry Tree"); the DLL of a service that
// svchost carries stands in its Parameters key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/base/registry_hive.h"
#include "collectors/windows/base/environment.h"
#include "konseki/record.h"

namespace konseki::windows {

extern const RecordSchema kServiceSchema;

struct Service {
  std::string key;  // full, "HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\x"
  std::string name;
  std::string display_name;
  std::string description;
  std::string image_path;
  std::string service_dll;
  std::optional<std::uint64_t> type;
  std::optional<std::uint64_t> start;
  bool delayed = false;
  bool triggered = false;  // has TriggerInfo: starts and stops on events
  std::string object_name;
  std::string group;
  std::string failure_command;
  Timestamp last_written;
  std::optional<Timestamp> parameters_written;  // where service_dll was found

  bool driver() const { return type && (*type & 0x0B) != 0; }
  bool carries_code() const;  // false for keys that only hold settings (performance counters)
};

std::string service_type_name(std::uint64_t type);    // "kernel_driver", "share_process", ...
std::string service_start_name(std::uint64_t start);  // "boot", "system", "auto", "demand", ...

// The program, driver or DLL that runs, as a display path.
std::string service_target(const Service& service, const Environment& environment);

// Every service of the current control set, in the hive's order, as windows.service and
// persistence records. Damaged keys become corrupt windows.service records. An error means that
// the hive holds no control set.
Result<void> parse_services(const RegistryHive& system, const Environment& environment,
                            const RecordEmitter& emit);

}  // namespace konseki::windows
