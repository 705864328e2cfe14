// Which registry hive a file is, told by its path, and where Windows mounts it.
#pragma once

#include <string>
#include <string_view>

#include "konseki/host.h"

namespace konseki::windows {

enum class HiveKind {
  kNone,
  kSoftware,
  kSystem,
  kSam,
  kSecurity,
  kComponents,
  kDrivers,
  kBcd,
  kAmcache,
  kUser,         // NTUSER.DAT and its kin, and config/DEFAULT
  kUserClasses,  // UsrClass.dat
};

struct HiveIdentity {
  HiveKind kind = HiveKind::kNone;
  std::string mount;  // "HKEY_LOCAL_MACHINE\SOFTWARE", "HKEY_USERS\S-1-5-21-..."
  // User hives only. The SID is empty when no known profile lies in the hive's folder; `mount`
  // then holds the folder's name in its place, so that users stay apart.
  std::string sid;
  std::string user;  // account name, else the profile folder's name
  std::string home;  // display path of the profile folder
};

// By name alone; kNone for anything else, backups (RegBack, transaction logs) included.
HiveKind hive_kind(std::string_view display_path);

HiveIdentity identify_hive(std::string_view display_path, const HostFacts& host);

}  // namespace konseki::windows
