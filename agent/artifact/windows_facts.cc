#include "agent/artifact/windows_facts.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "agent/artifact/glob.h"
#include "agent/artifact/windows_folders.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::size_t kMaxProfiles = 5'000;
constexpr std::string_view kVersionKey = "Microsoft/Windows NT/CurrentVersion";

// The values of a key by folded name; empty when there is no such key.
std::map<std::string, RegistryValue> values_of(const RegistryHive& hive, const std::string& path) {
  std::map<std::string, RegistryValue> values;
  auto key = hive.find(path);
  if (!key) return values;
  if (auto read = (*key)->values()) {
    for (RegistryValue& value : *read) {
      std::string name = fold_case(value.name);
      values.emplace(std::move(name), std::move(value));
    }
  }
  return values;
}

class FactsReader {
 public:
  explicit FactsReader(HostReader& reader) : reader_(reader), folders_(reader.info().mount) {}

  WindowsFacts read() {
    HostFacts& host = facts_.host;
    host.os = OperatingSystem::kWindows;
    host.system_drive = reader_.info().mount;
    const std::string root = find_system_root();
    if (!root.empty()) host.system_root = reader_.info().display_path(root);
    folders_.system_root = root.empty() ? "Windows" : root;
    const std::string config = folders_.system_root + "/System32/config/";
    reader_.with_hive(config + "SOFTWARE", [&](const RegistryHive& hive) { read_software(hive); });
    reader_.with_hive(config + "SYSTEM", [&](const RegistryHive& hive) { read_system(hive); });
    add_folder_users();
    folders_.old_layout = !reader_.is_directory("Users");
    folders_.both_layouts = !folders_.old_layout && has_real_folder("Documents and Settings");
    for (const HostUser& user : host.users) folders_.homes.push_back(user.home);
    facts_.variables = folders_.variables();
    return std::move(facts_);
  }

 private:
  bool has_real_folder(std::string_view path) {
    const auto entry = reader_.entry(path);
    return entry && entry->type == FileType::kDirectory && entry->reparse_tag == 0 &&
           !is_link(*entry);
  }

  std::string find_system_root() {
    for (std::string_view name : {"Windows", "WINNT"}) {
      if (auto entry = reader_.entry(name); entry && entry->type == FileType::kDirectory) {
        return entry->path;
      }
    }
    return {};
  }

  void read_software(const RegistryHive& hive) {
    auto version = values_of(hive, std::string(kVersionKey));
    HostFacts& host = facts_.host;
    const std::string build = version["currentbuildnumber"].text().empty()
                                  ? version["currentbuild"].text()
                                  : version["currentbuildnumber"].text();
    const auto major = version["currentmajorversionnumber"].integer();
    const auto minor = version["currentminorversionnumber"].integer();
    host.os_version = major ? std::to_string(*major) + "." + std::to_string(minor.value_or(0))
                            : version["currentversion"].text();
    if (!build.empty()) host.os_version += (host.os_version.empty() ? "" : ".") + build;
    host.os_name = version["productname"].text();
    // Windows 11 still calls itself 10 here; the build tells.
    constexpr std::string_view kTen = "Windows 10";
    if (build.size() == 5 && build >= "22000" && host.os_name.starts_with(kTen)) {
      host.os_name.replace(0, kTen.size(), "Windows 11");
    }
    folders_.set_own_system_root(version["systemroot"].text());
    const std::string guid = values_of(hive, "Microsoft/Cryptography")["machineguid"].text();
    if (!guid.empty()) host.host_id = "windows-" + fold_case(guid);
    auto current = values_of(hive, "Microsoft/Windows/CurrentVersion");
    folders_.program_files = current["programfilesdir"].text();
    folders_.program_files_x86 = current["programfilesdir (x86)"].text();
    read_profiles(hive);
  }

  void read_profiles(const RegistryHive& hive) {
    const std::string path = std::string(kVersionKey) + "/ProfileList";
    auto values = values_of(hive, path);
    folders_.profiles = values["profilesdirectory"].text();
    folders_.program_data = values["programdata"].text();
    auto list = hive.find(path);
    if (!list) return;
    const std::size_t count = std::min((*list)->subkey_count(), kMaxProfiles);
    for (std::size_t i = 0; i < count; ++i) {
      auto profile = (*list)->subkey(i);
      if (!profile) continue;
      std::string sid = (*profile)->name();
      // A profile that Windows set aside after a failed logon keeps its SID with this ending.
      if (fold_case(sid).ends_with(".bak")) sid.resize(sid.size() - 4);
      auto read = (*profile)->values();
      if (!read) continue;
      for (const RegistryValue& value : *read) {
        if (fold_case(value.name) == "profileimagepath") {
          add_user(sid, folders_.display_path(value.text()));
        }
      }
    }
  }

  void add_user(const std::string& sid, const std::string& home) {
    if (home.empty()) return;
    const std::string folded = fold_case(home);
    for (HostUser& user : facts_.host.users) {
      if (fold_case(user.home) != folded) continue;
      if (user.id.empty()) user.id = sid;
      return;
    }
    const auto slash = home.rfind('/');
    facts_.host.users.push_back({home.substr(slash + 1), sid, home, ""});
  }

  void read_system(const RegistryHive& hive) {
    const auto current = values_of(hive, "Select")["current"].integer();
    for (std::uint64_t number : {current.value_or(1), std::uint64_t{1}, std::uint64_t{2}}) {
      char name[32];
      std::snprintf(name, sizeof name, "ControlSet%03u", static_cast<unsigned>(number % 1000));
      if (!hive.find(name)) continue;
      facts_.control_set = name;
      break;
    }
    if (facts_.control_set.empty()) return;
    const std::string set = facts_.control_set + "/";
    HostFacts& host = facts_.host;
    auto network = values_of(hive, set + "Services/Tcpip/Parameters");
    host.hostname =
        values_of(hive, set + "Control/ComputerName/ComputerName")["computername"].text();
    if (host.hostname.empty()) host.hostname = network["hostname"].text();
    host.domain = network["domain"].text();
    if (host.domain.empty()) host.domain = network["nv domain"].text();
    auto zone = values_of(hive, set + "Control/TimeZoneInformation");
    host.time_zone = zone["timezonekeyname"].text();
    if (host.time_zone.empty()) host.time_zone = zone["standardname"].text();
  }

  void add_folder_users() {
    static constexpr std::string_view kShared[] = {"all users", "default", "default user",
                                                   "public"};
    for (std::string_view parent : {"Users", "Documents and Settings"}) {
      if (!has_real_folder(parent)) continue;
      for (const std::string& name : reader_.subdirectories(parent)) {
        const std::string folded = fold_case(name);
        if (std::find(std::begin(kShared), std::end(kShared), folded) != std::end(kShared))
          continue;
        if (facts_.host.users.size() >= kMaxProfiles) return;
        add_user("", reader_.info().display_path(std::string(parent) + "/" + name));
      }
    }
  }

  HostReader& reader_;
  WindowsFolders folders_;
  WindowsFacts facts_;
};

}  // namespace

bool is_windows_root(HostReader& reader) {
  if (!has_windows_paths(reader.info())) return false;
  for (std::string_view path :
       {"Windows/System32", "WINNT/System32", "Windows", "Users", "Documents and Settings"}) {
    if (reader.is_directory(path)) return true;
  }
  return false;
}

WindowsFacts read_windows_facts(HostReader& reader) { return FactsReader(reader).read(); }

}  // namespace konseki
