#include "collectors/windows/live/account_names.h"

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
    {"S-1-5-7", "NT AUTHORITY\\ANONYMOUS LOGON"},
    {"S-1-5-17", "NT AUTHORITY\\IUSR"},
    {"S-1-5-18", "NT AUTHORITY\\SYSTEM"},
    {"S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE"},
    {"S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE"},
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
