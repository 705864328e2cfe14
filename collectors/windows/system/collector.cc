// The collector windows.system.
#include "konseki/collector.h"

#include <array>
#include <memory>

#include "agent/base/unicode.h"
#include "collectors/live/record_fields.h"
#include "collectors/windows/live/gap_tally.h"
#include "collectors/windows/live/registry_values.h"
#include "collectors/windows/service_states/service_signs.h"
#include "collectors/windows/system/system_schemas.h"

namespace konseki {
namespace {

using live::set_text;
using live::set_uint;
using windows::number_value;
using windows::text_value;

constexpr std::array<const RecordSchema*, 2> kSchemas{&kWindowsClockSchema, &kWindowsSystemSchema};

// One pass over the state; keys that are not there are no gaps.
class SystemReading {
 public:
  SystemReading(WindowsState& state, windows::GapTally& gaps) : state_(state), gaps_(gaps) {}

  Record clock() {
    Record record(kWindowsClockSchema);
    record.source.path = "live/clock";
    if (const auto clock = state_.clock()) {
      record.set("now", clock->now);
      record.set("boot", clock->boot);
      set_text(record, "time_zone", clock->time_zone);
      record.set("utc_offset_seconds", std::int64_t{clock->utc_offset_seconds});
    } else {
      gaps_.add("clock", "clock", clock.error());
      record.status = ParseStatus::kPartial;
      record.note = "the system clock could not be asked";
    }
    if (const auto zone = key("SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation")) {
      record.set("hardware_clock_local",
                 number_value(*zone, "RealTimeIsUniversal").value_or(0) == 0);
    }
    set_time_service(record);
    return record;
  }

  Record system() {
    Record record(kWindowsSystemSchema);
    record.source.path = "live/system";
    std::vector<std::string> signs;
    set_machine(record, signs);
    set_version(record);
    set_defences(record, signs);
    set_firewall(record, signs);
    live::set_list(record, "signs", std::move(signs));
    return record;
  }

 private:
  std::optional<WindowsKey> key(const std::string& path) {
    auto read = state_.machine_key(path);
    if (read) return *std::move(read);
    gaps_.add("registry keys of the system", path, read.error());
    return std::nullopt;
  }

  std::optional<std::uint64_t> number(const std::string& path, std::string_view value) {
    const auto read = key(path);
    return read ? number_value(*read, value) : std::nullopt;
  }

  void set_time_service(Record& record) {
    const std::string base = "SYSTEM\\CurrentControlSet\\Services\\W32Time";
    // What else is withheld of services, windows.service_states counts.
    if (const auto services = state_.services([](auto, auto, const auto&) {})) {
      for (const WindowsService& service : *services) {
        if (fold_case(service.name) != "w32time") continue;
        record.set("service", service.name);
        record.set("service_state", windows::service_state_name(service.state));
      }
    } else {
      gaps_.add("state of the time service", "W32Time", services.error());
    }
    if (const auto parameters = key(base + "\\Parameters")) {
      set_text(record, "synchronises_with", text_value(*parameters, "Type"));
      set_text(record, "servers", text_value(*parameters, "NtpServer"));
    }
    if (const auto config = key(base + "\\Config")) {
      if (const auto time = windows::time_value(*config, "LastKnownGoodTime")) {
        record.set("last_synchronised", *time);
        record.set("last_synchronised_evidence",
                   "HKEY_LOCAL_MACHINE\\" + base + "\\Config\\LastKnownGoodTime");
      }
    }
  }

  void set_machine(Record& record, std::vector<std::string>& signs) {
    if (const auto machine = state_.machine()) {
      set_text(record, "hostname", machine->computer_name);
      set_text(record, "domain", machine->domain);
      record.set("uptime_seconds", machine->uptime_seconds);
      record.set("safe_mode", machine->safe_mode);
      if (machine->safe_mode) signs.emplace_back("safe_mode");
      record.set("processors", std::uint64_t{machine->processors});
      set_uint(record, "memory_total", machine->memory_total);
      set_uint(record, "memory_available", machine->memory_available);
    } else {
      gaps_.add("machine", "machine", machine.error());
    }
    if (const auto bios = key("HARDWARE\\DESCRIPTION\\System\\BIOS")) {
      set_text(record, "vendor", text_value(*bios, "SystemManufacturer"));
      set_text(record, "model", text_value(*bios, "SystemProductName"));
    }
    if (const auto state = number("SYSTEM\\CurrentControlSet\\Control\\SecureBoot\\State",
                                  "UEFISecureBootEnabled")) {
      record.set("secure_boot", *state != 0);
    }
  }

  void set_version(Record& record) {
    const auto version = key("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion");
    if (!version) return;
    set_text(record, "product", text_value(*version, "ProductName"));
    const auto major = number_value(*version, "CurrentMajorVersionNumber");
    const auto minor = number_value(*version, "CurrentMinorVersionNumber");
    // Before Windows 10 one text holds both.
    std::string text = major && minor ? std::to_string(*major) + "." + std::to_string(*minor)
                                      : text_value(*version, "CurrentVersion");
    const std::string build = text_value(*version, "CurrentBuildNumber");
    if (!build.empty()) text += "." + build;
    if (const auto revision = number_value(*version, "UBR")) {
      text += "." + std::to_string(*revision);
    }
    set_text(record, "version", text);
    std::string release = text_value(*version, "DisplayVersion");
    if (release.empty()) release = text_value(*version, "ReleaseId");
    set_text(record, "release", release);
    if (const auto installed = number_value(*version, "InstallDate")) {
      record.set("installed", Timestamp::from_unix(static_cast<std::int64_t>(*installed)));
    }
  }

  void set_defences(Record& record, std::vector<std::string>& signs) {
    const std::string control = "SYSTEM\\CurrentControlSet\\Control\\";
    if (const auto policies =
            key("SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System")) {
      const bool uac = number_value(*policies, "EnableLUA").value_or(1) != 0;
      record.set("uac", uac);
      if (!uac) signs.emplace_back("uac_off");
      const bool remote = number_value(*policies, "LocalAccountTokenFilterPolicy").value_or(0) != 0;
      record.set("remote_uac_off", remote);
      if (remote) signs.emplace_back("remote_uac_off");
    }
    if (const auto denied = number(control + "Terminal Server", "fDenyTSConnections")) {
      record.set("remote_desktop", *denied == 0);
    }
    if (const auto wdigest = number(control + "SecurityProviders\\WDigest", "UseLogonCredential")) {
      record.set("wdigest", *wdigest != 0);
      if (*wdigest != 0) signs.emplace_back("wdigest_on");
    }
    if (const auto lsa = key(control + "Lsa")) {
      record.set("lsa_protected", number_value(*lsa, "RunAsPPL").value_or(0) != 0);
    }
  }

  void set_firewall(Record& record, std::vector<std::string>& signs) {
    struct Profile {
      std::string_view key;
      std::string_view name;
    };
    constexpr auto kProfiles = std::to_array<Profile>(
        {{"DomainProfile", "domain"}, {"StandardProfile", "private"}, {"PublicProfile", "public"}});
    std::vector<std::string> off;
    for (const Profile& profile : kProfiles) {
      // A policy decides over what was set on the machine.
      auto enabled =
          number("SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\" + std::string(profile.key),
                 "EnableFirewall");
      if (!enabled) {
        enabled = number(
            "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\"
            "FirewallPolicy\\" +
                std::string(profile.key),
            "EnableFirewall");
      }
      if (enabled && *enabled == 0) off.emplace_back(profile.name);
    }
    if (!off.empty()) signs.emplace_back("firewall_off");
    live::set_list(record, "firewall_off", std::move(off));
  }

  WindowsState& state_;
  windows::GapTally& gaps_;
};

class WindowsSystem : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.system",
        .os = OperatingSystem::kWindows,
        .volatility = Volatility::kSystem,
        .needs_privilege = false,
        .schemas = kSchemas,
        .description = {"Clock, time service, version, and defences that are switched off",
                        "時計、時刻同期、バージョン、無効化された防御機能"}};
    return kInfo;
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    KONSEKI_ASSIGN(WindowsState * state, windows::windows_state_of(host));
    windows::GapTally gaps;
    SystemReading reading(*state, gaps);
    sink.emit(reading.clock());
    sink.emit(reading.system());
    gaps.flush(sink, host.privileged());
    return {};
  }
};

}  // namespace

std::unique_ptr<Collector> make_windows_system() { return std::make_unique<WindowsSystem>(); }

}  // namespace konseki
