#include "collectors/windows/user_profiles/profiles.h"

#include <array>

#include "agent/base/unicode.h"
#include "collectors/windows/base/command_target.h"
#include "collectors/windows/base/key_match.h"
#include "collectors/windows/base/registry_text.h"

namespace konseki::windows {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"sid", FieldType::kText, "SID; '.bak' after it marks a profile that Windows set aside"},
    {"user", FieldType::kText, "Name of the profile's folder"},
    {"home", FieldType::kText, "Display path of the profile's folder"},
    {"profile_path", FieldType::kText, "ProfileImagePath, verbatim"},
    {"state", FieldType::kUint,
     "State bits: 0x1 mandatory, 0x80 admin, 0x100 default, 0x800 temporary"},
    {"loaded", FieldType::kTime, "Last load of the profile", "Last Login Time"},
    {"unloaded", FieldType::kTime, "Last unload of the profile", "Last Logoff Time"},
    {"last_written", FieldType::kTime, "Last write of the key", "Content Modification Time"},
});

// A FILETIME kept as two numbers.
void set_time(Record& record, std::string_view field, const std::vector<RegistryValue>& values,
              const std::string& name) {
  const std::uint64_t high = integer_of(values, name + "High").value_or(0);
  const std::uint64_t low = integer_of(values, name + "Low").value_or(0);
  const std::uint64_t ticks = high << 32 | low;
  if (ticks != 0) record.set(field, Timestamp::from_filetime(ticks));
}

Record damaged_record(const std::string& path, const Error& error) {
  Record record = damaged_key(kUserProfileSchema, "HKEY_LOCAL_MACHINE\\SOFTWARE", path, error);
  record.set("sid", path.substr(path.rfind('\\') + 1));
  return record;
}

}  // namespace

const RecordSchema kUserProfileSchema{"windows.user_profile", "Profiles of users", kFields};

void parse_user_profiles(const RegistryHive& software, const Environment& environment,
                         const RecordEmitter& emit) {
  const KeyPattern patterns[] = {KeyPattern("Microsoft/Windows NT/CurrentVersion/ProfileList/*")};
  const KeyDamageHandler damaged = [&](const std::string& path, const Error& error) {
    emit(damaged_record(path, error));
  };
  auto root = software.root();
  if (!root) return damaged("", root.error());
  const auto visit = [&](const RegistryKey& key, const std::string& path,
                         std::span<const std::size_t>) {
    auto values = key.values();
    if (!values) return damaged(path, values.error());
    Record record(kUserProfileSchema);
    record.set("sid", key.name());
    const std::string folder = text_of(*values, "ProfileImagePath");
    if (!folder.empty()) {
      record.set("user", folder.substr(folder.find_last_of("\\/") + 1));
      record.set("home", normalise_path(folder, environment));
      record.set("profile_path", folder);
    }
    if (auto state = integer_of(*values, "State")) record.set("state", *state);
    set_time(record, "loaded", *values, "LocalProfileLoadTime");
    if (std::holds_alternative<std::monostate>(record.get("loaded"))) {
      set_time(record, "loaded", *values, "ProfileLoadTime");  // before Windows 10
    }
    set_time(record, "unloaded", *values, "LocalProfileUnloadTime");
    record.set("last_written", key.last_written());
    emit(std::move(record));
  };
  match_keys(**root, patterns, visit, damaged);
}

}  // namespace konseki::windows
