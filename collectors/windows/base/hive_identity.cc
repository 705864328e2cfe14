#include "collectors/windows/base/hive_identity.h"

#include <array>
#include <utility>

#include "agent/base/unicode.h"

namespace konseki::windows {
namespace {

constexpr auto kMachineHives = std::to_array<std::pair<std::string_view, HiveKind>>({
    {"/system32/config/software", HiveKind::kSoftware},
    {"/system32/config/system", HiveKind::kSystem},
    {"/system32/config/sam", HiveKind::kSam},
    {"/system32/config/security", HiveKind::kSecurity},
    {"/system32/config/components", HiveKind::kComponents},
    {"/system32/config/drivers", HiveKind::kDrivers},
    {"/system32/config/default", HiveKind::kUser},
    {"/boot/bcd", HiveKind::kBcd},
    {"/amcache.hve", HiveKind::kAmcache},
    {"/ntuser.dat", HiveKind::kUser},
    {"/ntuser.man", HiveKind::kUser},  // a mandatory profile, which wins over NTUSER.DAT
    {"/usrclass.dat", HiveKind::kUserClasses},
});

constexpr std::array<std::string_view, 3> kClassesFolders = {
    "/appdata/local/microsoft/windows",
    "/local settings/application data/microsoft/windows",
    "/local/microsoft/windows",
};

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// The profile folder that a user hive serves.
std::string_view home_of(std::string_view path, HiveKind kind) {
  std::string_view folder = folder_of(path);
  if (kind != HiveKind::kUserClasses) return folder;
  const std::string folded = fold_case(folder);
  for (std::string_view tail : kClassesFolders) {
    if (folded.ends_with(tail)) return folder.substr(0, folder.size() - tail.size());
  }
  return folder;
}

// Accounts whose profile never stands in a user list.
std::string_view built_in_sid(std::string_view folded_home) {
  if (folded_home.ends_with("/system32/config")) return "S-1-5-18";
  if (folded_home.ends_with("/system32/config/systemprofile")) return "S-1-5-18";
  if (folded_home.ends_with("/serviceprofiles/localservice")) return "S-1-5-19";
  if (folded_home.ends_with("/serviceprofiles/networkservice")) return "S-1-5-20";
  return {};
}

void name_user(HiveIdentity& hive, std::string_view path, const HostFacts& host) {
  hive.home = home_of(path, hive.kind);
  const std::string folded = fold_case(hive.home);
  hive.sid = built_in_sid(folded);
  hive.user = name_of(hive.home);
  for (const HostUser& user : host.users) {
    if (user.home.empty() || fold_case(user.home) != folded) continue;
    hive.sid = user.id;
    if (!user.name.empty()) hive.user = user.name;
    break;
  }
  if (folded.ends_with("/system32/config")) {
    hive.user = "SYSTEM";
    hive.mount = "HKEY_USERS\\.DEFAULT";
    return;
  }
  hive.mount = "HKEY_USERS\\" + (hive.sid.empty() ? std::string(name_of(hive.home)) : hive.sid);
  if (hive.kind == HiveKind::kUserClasses) hive.mount += "_Classes";
}

}  // namespace

HiveKind hive_kind(std::string_view display_path) {
  const std::string folded = fold_case(display_path);
  for (const auto& [tail, kind] : kMachineHives) {
    if (folded.ends_with(tail)) return kind;
  }
  return HiveKind::kNone;
}

HiveIdentity identify_hive(std::string_view display_path, const HostFacts& host) {
  HiveIdentity hive;
  hive.kind = hive_kind(display_path);
  switch (hive.kind) {
    case HiveKind::kSoftware:
      hive.mount = "HKEY_LOCAL_MACHINE\\SOFTWARE";
      break;
    case HiveKind::kSystem:
      hive.mount = "HKEY_LOCAL_MACHINE\\SYSTEM";
      break;
    case HiveKind::kSam:
      hive.mount = "HKEY_LOCAL_MACHINE\\SAM";
      break;
    case HiveKind::kSecurity:
      hive.mount = "HKEY_LOCAL_MACHINE\\SECURITY";
      break;
    case HiveKind::kComponents:
      hive.mount = "HKEY_LOCAL_MACHINE\\COMPONENTS";
      break;
    case HiveKind::kDrivers:
      hive.mount = "HKEY_LOCAL_MACHINE\\DRIVERS";
      break;
    case HiveKind::kBcd:
      hive.mount = "HKEY_LOCAL_MACHINE\\BCD00000000";
      break;
    case HiveKind::kAmcache:
      hive.mount = "Amcache";
      break;
    case HiveKind::kUser:
    case HiveKind::kUserClasses:
      name_user(hive, display_path, host);
      break;
    case HiveKind::kNone:
      break;
  }
  return hive;
}

}  // namespace konseki::windows
