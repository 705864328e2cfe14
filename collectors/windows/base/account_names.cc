#include "collectors/windows/base/account_names.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace konseki::windows {
namespace {

struct WellKnown {
  std::string_view sid;
  std::string_view name;
};

// [MS-DTYP] 2.4.2.4.
constexpr auto kWellKnown = std::to_array<WellKnown>({
    {"S-1-1-0", "Everyone"},
    {"S-1-5-6", "NT AUTHORITY\\SERVICE"},
    {"S-1-5-7", "NT AUTHORITY\\ANONYMOUS LOGON"},
    {"S-1-5-11", "NT AUTHORITY\\Authenticated Users"},
    {"S-1-5-17", "NT AUTHORITY\\IUSR"},
    {"S-1-5-18", "NT AUTHORITY\\SYSTEM"},
    {"S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE"},
    {"S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE"},
    {"S-1-5-32-544", "BUILTIN\\Administrators"},
    {"S-1-5-32-545", "BUILTIN\\Users"},
    {"S-1-5-32-546", "BUILTIN\\Guests"},
    {"S-1-5-32-551", "BUILTIN\\Backup Operators"},
    {"S-1-5-32-555", "BUILTIN\\Remote Desktop Users"},
    {"S-1-5-32-559", "BUILTIN\\Performance Log Users"},
    {"S-1-5-32-568", "BUILTIN\\IIS_IUSRS"},
    {"S-1-5-80-0", "NT SERVICE\\ALL SERVICES"},
    {"S-1-5-90-0", "Window Manager\\Window Manager Group"},
});

// Accounts that window manager and font driver host are given, one a session.
constexpr std::string_view kWindowManager = "S-1-5-90-0-";
constexpr std::string_view kFontDriver = "S-1-5-96-0-";

}  // namespace

AccountNames::AccountNames(const std::vector<HostUser>& users) {
  for (const HostUser& user : users) names_[user.id] = user.name;
}

void AccountNames::add(const std::vector<WindowsLogon>& logons) {
  for (const WindowsLogon& logon : logons) {
    if (!logon.sid.empty() && !logon.user.empty()) names_[logon.sid] = logon.user;
  }
}

std::string AccountNames::name(const std::string& sid) const {
  const auto* known = std::ranges::find(kWellKnown, sid, &WellKnown::sid);
  if (known != kWellKnown.end()) return std::string(known->name);
  if (sid.starts_with(kWindowManager)) {
    return "Window Manager\\DWM-" + sid.substr(kWindowManager.size());
  }
  if (sid.starts_with(kFontDriver)) {
    return "Font Driver Host\\UMFD-" + sid.substr(kFontDriver.size());
  }
  const auto found = names_.find(sid);
  return found == names_.end() ? std::string() : found->second;
}

}  // namespace konseki::windows
