#include "collectors/windows/account_rights/rights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "agent/base/cursor.h"
#include "collectors/windows/base/key_match.h"
#include "collectors/windows/base/registry_text.h"

namespace konseki::windows {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"sid", FieldType::kText, "Account or group"},
    {"account", FieldType::kText,
     "Its name: well-known, or with a profile; others are not looked up"},
    {"privileges", FieldType::kTextList, "Privileges, by their names; a number where it has none"},
    {"logon_rights", FieldType::kTextList,
     "Ways to log on that are allowed or denied, by their names"},
    {"last_written", FieldType::kTime, "Last write of the privileges, or else of the logon rights",
     "Content Modification Time"},
});

// [MS-LSAD] 3.1.1.2.1, by locally unique identifier; the first is 2.
constexpr std::uint64_t kFirstPrivilege = 2;
constexpr std::uint32_t kMostPrivileges = 256;  // of an account; there are 35
constexpr auto kPrivileges = std::to_array<std::string_view>({
    "SeCreateTokenPrivilege",
    "SeAssignPrimaryTokenPrivilege",
    "SeLockMemoryPrivilege",
    "SeIncreaseQuotaPrivilege",
    "SeMachineAccountPrivilege",
    "SeTcbPrivilege",
    "SeSecurityPrivilege",
    "SeTakeOwnershipPrivilege",
    "SeLoadDriverPrivilege",
    "SeSystemProfilePrivilege",
    "SeSystemtimePrivilege",
    "SeProfileSingleProcessPrivilege",
    "SeIncreaseBasePriorityPrivilege",
    "SeCreatePagefilePrivilege",
    "SeCreatePermanentPrivilege",
    "SeBackupPrivilege",
    "SeRestorePrivilege",
    "SeShutdownPrivilege",
    "SeDebugPrivilege",
    "SeAuditPrivilege",
    "SeSystemEnvironmentPrivilege",
    "SeChangeNotifyPrivilege",
    "SeRemoteShutdownPrivilege",
    "SeUndockPrivilege",
    "SeSyncAgentPrivilege",
    "SeEnableDelegationPrivilege",
    "SeManageVolumePrivilege",
    "SeImpersonatePrivilege",
    "SeCreateGlobalPrivilege",
    "SeTrustedCredManAccessPrivilege",
    "SeRelabelPrivilege",
    "SeIncreaseWorkingSetPrivilege",
    "SeTimeZonePrivilege",
    "SeCreateSymbolicLinkPrivilege",
    "SeDelegateSessionUserImpersonatePrivilege",
});

struct LogonRight {
  std::uint32_t bit;
  std::string_view name;
};

// [MS-LSAD] 2.2.1.2 (POLICY_MODE_*) and 3.1.1.2.2.
constexpr auto kLogonRights = std::to_array<LogonRight>({
    {0x001, "SeInteractiveLogonRight"},
    {0x002, "SeNetworkLogonRight"},
    {0x004, "SeBatchLogonRight"},
    {0x010, "SeServiceLogonRight"},
    {0x040, "SeDenyInteractiveLogonRight"},
    {0x080, "SeDenyNetworkLogonRight"},
    {0x100, "SeDenyBatchLogonRight"},
    {0x200, "SeDenyServiceLogonRight"},
    {0x400, "SeRemoteInteractiveLogonRight"},
    {0x800, "SeDenyRemoteInteractiveLogonRight"},
});

struct Account {
  std::vector<std::string> privileges;
  std::vector<std::string> logon_rights;
  std::optional<Timestamp> last_written;
  std::string damage;  // what could not be read; empty when all could
};

// LSAPR_PRIVILEGE_SET: count, control, then 12 bytes each.
void take_privileges(std::span<const std::byte> bytes, Account& account) {
  Cursor cursor(bytes);
  const std::uint32_t count = cursor.u32();
  cursor.skip(4);
  constexpr std::size_t kSize = 12;
  if (!cursor.ok() || count > kMostPrivileges || count > cursor.remaining() / kSize) {
    account.damage += fmt::format("Privilgs: {} privileges in {} bytes; ", count, bytes.size());
  }
  for (std::uint32_t i = 0; i < std::min(count, kMostPrivileges); ++i) {
    const std::uint64_t id = cursor.u64();
    cursor.skip(4);  // attributes
    if (!cursor.ok()) return;
    account.privileges.push_back(id - kFirstPrivilege < kPrivileges.size()
                                     ? std::string(kPrivileges[id - kFirstPrivilege])
                                     : fmt::format("{}", id));
  }
}

void take_logon_rights(std::span<const std::byte> bytes, Account& account) {
  Cursor cursor(bytes);
  std::uint32_t mask = cursor.u32();
  if (!cursor.ok()) account.damage += fmt::format("ActSysAc: {} bytes; ", bytes.size());
  for (const LogonRight& right : kLogonRights) {
    if ((mask & right.bit) != 0) account.logon_rights.emplace_back(right.name);
    mask &= ~right.bit;
  }
  if (mask != 0) account.logon_rights.push_back(fmt::format("0x{:x}", mask));
}

// "Policy\Accounts\S-1-5-32-544\Privilgs" to the SID.
std::string sid_of(const std::string& path) {
  const std::size_t end = path.rfind('\\');
  const std::size_t begin = path.rfind('\\', end - 1) + 1;
  return path.substr(begin, end - begin);
}

}  // namespace

const RecordSchema kAccountRightSchema{
    "windows.account_right", "Privileges and logon rights that the local policy gives", kFields};

void parse_account_rights(const RegistryHive& security, const AccountNames& names,
                          const RecordEmitter& emit) {
  const KeyPattern patterns[] = {KeyPattern("Policy/Accounts/*/Privilgs"),
                                 KeyPattern("Policy/Accounts/*/ActSysAc")};
  const KeyDamageHandler damaged = [&](const std::string& path, const Error& error) {
    emit(damaged_key(kAccountRightSchema, "HKEY_LOCAL_MACHINE\\SECURITY", path, error));
  };
  auto root = security.root();
  if (!root) return damaged("", root.error());
  std::map<std::string, Account> accounts;  // by SID
  const auto visit = [&](const RegistryKey& key, const std::string& path,
                         std::span<const std::size_t> matched) {
    const auto values = key.values();
    if (!values) return damaged(path, values.error());
    const RegistryValue* value = find_value(*values, "");
    if (value == nullptr) return;
    Account& account = accounts[sid_of(path)];
    const bool privileges = matched.front() == 0;
    privileges ? take_privileges(value->data, account) : take_logon_rights(value->data, account);
    if (privileges || !account.last_written) account.last_written = key.last_written();
  };
  match_keys(**root, patterns, visit, damaged);
  for (auto& [sid, account] : accounts) {
    if (account.privileges.empty() && account.logon_rights.empty() && account.damage.empty()) {
      continue;
    }
    Record record(kAccountRightSchema);
    record.set("sid", sid);
    if (std::string name = names.name(sid); !name.empty()) record.set("account", std::move(name));
    if (!account.privileges.empty()) record.set("privileges", std::move(account.privileges));
    if (!account.logon_rights.empty()) record.set("logon_rights", std::move(account.logon_rights));
    if (account.last_written) record.set("last_written", *account.last_written);
    if (!account.damage.empty()) {
      record.status = ParseStatus::kPartial;
      record.note = account.damage.substr(0, account.damage.size() - 2);
    }
    emit(std::move(record));
  }
}

}  // namespace konseki::windows
