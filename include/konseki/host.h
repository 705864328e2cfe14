// HostFacts: what the evidence says about the machine it came from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

enum class OperatingSystem { kUnknown, kLinux, kWindows };

std::string_view operating_system_name(OperatingSystem os);  // "linux", "windows", "unknown"

struct HostUser {
  std::string name;
  std::string id;    // uid or SID, as text
  std::string home;  // display path: "/home/a", "C:/Users/a"
  std::string shell;
};

// Read from files of the evidence (never from this machine, unless it is the evidence). Unknown
// facts stay empty. Plain value.
struct HostFacts {
  OperatingSystem os = OperatingSystem::kUnknown;
  std::string host_id;  // stable across runs: from machine-id or MachineGuid; empty if unknown
  std::string hostname;
  std::string os_name;     // "Debian GNU/Linux 12 (bookworm)", "Windows 10 Pro"
  std::string os_version;  // "12", "10.0.19045"
  std::string kernel;      // live Linux only
  std::string time_zone;   // IANA name or Windows key name
  std::string domain;
  std::string system_drive;  // VolumeInfo::mount of the Windows system volume: "C:"
  std::string system_root;   // display path "C:/Windows"
  std::vector<HostUser> users;
};

}  // namespace konseki
