#include "collectors/windows/security_products/defender.h"

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "collectors/live/record_fields.h"
#include "collectors/windows/live/registry_values.h"
#include "collectors/windows/security_products/exclusion_signs.h"
#include "collectors/windows/security_products/security_schemas.h"

namespace konseki::windows {
namespace {

constexpr std::string_view kProduct = "Microsoft Defender";
constexpr std::string_view kGapKind = "registry keys of Microsoft Defender";

struct Place {
  std::string_view key;
  std::string_view origin;
};
constexpr auto kPlaces = std::to_array<Place>({
    {"SOFTWARE\\Microsoft\\Windows Defender", "local"},
    {"SOFTWARE\\Policies\\Microsoft\\Windows Defender", "policy"},
});

// Values that switch something off when they are `off`.
struct Switch {
  std::string_view folder;  // below a place
  std::string_view value;
  std::uint64_t off;
  std::string_view meaning;
};
constexpr auto kSwitches = std::to_array<Switch>({
    {"", "DisableAntiSpyware", 1, "the whole scanner is off"},
    {"", "DisableAntiVirus", 1, "the virus scanner is off"},
    {"", "PUAProtection", 0, "unwanted programs are let through"},
    {"\\Real-Time Protection", "DisableRealtimeMonitoring", 1, "files in use are not scanned"},
    {"\\Real-Time Protection", "DisableBehaviorMonitoring", 1, "behaviour is not watched"},
    {"\\Real-Time Protection", "DisableOnAccessProtection", 1, "opened files are not scanned"},
    {"\\Real-Time Protection", "DisableScanOnRealtimeEnable", 1, "processes are not scanned"},
    {"\\Real-Time Protection", "DisableIOAVProtection", 1, "downloads are not scanned"},
    {"\\Real-Time Protection", "DisableScriptScanning", 1, "scripts are not scanned"},
    {"\\Scan", "DisableArchiveScanning", 1, "archives are not scanned"},
    {"\\Scan", "DisableRemovableDriveScanning", 1, "removable drives are not scanned"},
    {"\\Scan", "DisableEmailScanning", 1, "mail is not scanned"},
    {"\\Spynet", "SpyNetReporting", 0, "the cloud is not asked"},
    {"\\Windows Defender Exploit Guard\\Network Protection", "EnableNetworkProtection", 0,
     "connections are not filtered"},
    {"\\Windows Defender Exploit Guard\\Controlled Folder Access", "EnableControlledFolderAccess",
     0, "folders are not guarded against encryption"},
});
// Off is how these come: only a policy that says so was somebody's will.
bool off_by_default(std::string_view value) {
  return value == "PUAProtection" || value == "EnableNetworkProtection" ||
         value == "EnableControlledFolderAccess" || value == "DisableEmailScanning" ||
         value == "DisableRemovableDriveScanning" || value == "SpyNetReporting";
}

struct ExclusionKey {
  std::string_view folder;
  std::string_view kind;
};
constexpr auto kExclusions = std::to_array<ExclusionKey>({
    {"\\Exclusions\\Paths", "path"},
    {"\\Exclusions\\TemporaryPaths", "path"},
    {"\\Exclusions\\Extensions", "extension"},
    {"\\Exclusions\\Processes", "process"},
    {"\\Exclusions\\IpAddresses", "ip_address"},
    {"\\Windows Defender Exploit Guard\\Controlled Folder Access\\AllowedApplications",
     "folder_access"},
    {"\\Windows Defender Exploit Guard\\ASR\\ASROnlyExclusions", "attack_surface"},
});

class DefenderReading {
 public:
  DefenderReading(WindowsState& state, Sink& sink, GapTally& gaps)
      : state_(state), sink_(sink), gaps_(gaps) {}

  void run() {
    for (const Place& place : kPlaces) {
      read_switches(place);
      for (const ExclusionKey& each : kExclusions) read_exclusions(place, each);
      read_allowed_threats(place);
    }
    read_tamper_protection();
  }

 private:
  std::optional<WindowsKey> key(const std::string& path) {
    auto read = state_.machine_key(path);
    if (read) return *std::move(read);
    gaps_.add(kGapKind, path, read.error());
    return std::nullopt;
  }

  Record record(const RecordSchema& schema, const std::string& path, const WindowsKey& key,
                std::string_view origin) {
    Record record(schema);
    const std::string full = "HKEY_LOCAL_MACHINE\\" + path;
    record.source.path = full;
    record.set("product", std::string(kProduct));
    record.set("origin", std::string(origin));
    record.set("key", full);
    record.set("last_written", key.last_written);
    return record;
  }

  void emit_setting(const std::string& path, const WindowsKey& key, std::string_view origin,
                    std::string_view value, std::uint64_t number, std::string_view meaning,
                    std::string_view sign) {
    Record setting = record(kWindowsSecuritySettingSchema, path, key, origin);
    setting.set("setting", std::string(value));
    setting.set("value", number);
    setting.set("meaning", std::string(meaning));
    if (!sign.empty()) setting.set("signs", std::vector<std::string>{std::string(sign)});
    sink_.emit(std::move(setting));
  }

  // Only what is off is told: what is on, or not set, is how it comes.
  void read_switches(const Place& place) {
    std::string_view open;
    std::string path;
    std::optional<WindowsKey> current;
    for (const Switch& each : kSwitches) {
      if (path.empty() || open != each.folder) {
        open = each.folder;
        path = std::string(place.key) + std::string(each.folder);
        current = key(path);
      }
      if (!current) continue;
      const auto number = number_value(*current, each.value);
      if (!number || *number != each.off) continue;
      const bool telling = place.origin == "policy" || !off_by_default(each.value);
      emit_setting(path, *current, place.origin, each.value, *number, each.meaning,
                   telling ? "protection_off" : "");
    }
  }

  void emit_exclusion(const std::string& path, const WindowsKey& key, std::string_view origin,
                      std::string_view kind, const std::string& value) {
    Record exclusion = record(kWindowsSecurityExclusionSchema, path, key, origin);
    exclusion.set("kind", std::string(kind));
    exclusion.set("value", value);
    live::set_list(exclusion, "signs", exclusion_signs(kind, value));
    sink_.emit(std::move(exclusion));
  }

  // The names of the values are what is excluded.
  void read_exclusions(const Place& place, const ExclusionKey& each) {
    const std::string path = std::string(place.key) + std::string(each.folder);
    const auto current = key(path);
    if (!current) return;
    for (const WindowsValue& value : current->values) {
      if (!value.name.empty()) {
        emit_exclusion(path, *current, place.origin, each.kind, value.name);
      }
    }
  }

  // Threats by number, with what to do when they are found.
  void read_allowed_threats(const Place& place) {
    constexpr std::uint64_t kAllow = 6;
    constexpr std::uint64_t kNoAction = 9;
    const std::string path = std::string(place.key) + "\\Threats\\ThreatIDDefaultAction";
    const auto current = key(path);
    if (!current) return;
    for (const WindowsValue& value : current->values) {
      // Policies write the number as text.
      std::optional<std::uint64_t> action = number_of(value);
      const std::string text = text_value(*current, value.name);
      if (text.size() == 1 && text[0] >= '0' && text[0] <= '9') {
        action = static_cast<std::uint64_t>(text[0] - '0');
      }
      if (action == kAllow || action == kNoAction) {
        emit_exclusion(path, *current, place.origin, "threat", value.name);
      }
    }
  }

  void read_tamper_protection() {
    const std::string path = std::string(kPlaces[0].key) + "\\Features";
    const auto features = key(path);
    if (!features) return;
    const auto state = number_value(*features, "TamperProtection");
    if (!state) return;
    // 1 and 5: on. 0 and 4: off, by default or by somebody. 2: not settled yet.
    const bool on = *state == 1 || *state == 5;
    const bool off = *state == 0 || *state == 4;
    emit_setting(path, *features, "local", "TamperProtection", *state,
                 on    ? "settings are guarded against change"
                 : off ? "settings are not guarded against change"
                       : "not settled yet",
                 off ? "tamper_protection_off" : "");
  }

  WindowsState& state_;
  Sink& sink_;
  GapTally& gaps_;
};

}  // namespace

void read_defender(WindowsState& state, Sink& sink, GapTally& gaps) {
  DefenderReading(state, sink, gaps).run();
}

}  // namespace konseki::windows
