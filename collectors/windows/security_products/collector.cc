// The collector windows.security_products.
#include "konseki/collector.h"

#include <algorithm>
#include <array>
#include <memory>

#include "agent/base/unicode.h"
#include "collectors/live/record_fields.h"
#include "collectors/windows/live/gap_tally.h"
#include "collectors/windows/live/live_path.h"
#include "collectors/windows/live/registry_values.h"
#include "collectors/windows/security_products/defender.h"
#include "collectors/windows/security_products/security_schemas.h"
#include "collectors/windows/service_states/service_signs.h"

namespace konseki {
namespace {

using live::set_text;

constexpr std::array<const RecordSchema*, 3> kSchemas{&kWindowsSecurityProductSchema,
                                                      &kWindowsSecuritySettingSchema,
                                                      &kWindowsSecurityExclusionSchema};

// Services of security products, for servers (where there is no Security Center) and for products
// that do not register: name of the service, name for people.
struct KnownService {
  std::string_view service;  // lower case
  std::string_view product;
};
constexpr auto kKnownServices = std::to_array<KnownService>({
    {"windefend", "Microsoft Defender Antivirus"},
    {"wdnissvc", "Microsoft Defender network inspection"},
    {"sense", "Microsoft Defender for Endpoint"},
    {"mpssvc", "Windows Firewall"},
    {"wscsvc", "Security Center"},
    {"sysmon", "Sysmon"},
    {"sysmon64", "Sysmon"},
    {"csfalconservice", "CrowdStrike Falcon"},
    {"sentinelagent", "SentinelOne"},
    {"cbdefense", "VMware Carbon Black Cloud"},
    {"carbonblack", "Carbon Black EDR"},
    {"cylancesvc", "Cylance"},
    {"ntrtscan", "Trend Micro Apex One"},
    {"tmccsf", "Trend Micro"},
    {"ds_agent", "Trend Micro Deep Security"},
    {"amsp", "Trend Micro"},
    {"ekrn", "ESET"},
    {"savservice", "Sophos Anti-Virus"},
    {"sophos endpoint defense service", "Sophos"},
    {"sepmasterservice", "Symantec Endpoint Protection"},
    {"masvc", "Trellix Agent"},
    {"mfemms", "Trellix/McAfee"},
    {"avp", "Kaspersky"},
    {"klnagent", "Kaspersky agent"},
    {"bdredline", "Bitdefender"},
    {"epsecurityservice", "Bitdefender GravityZone"},
    {"fsma", "WithSecure"},
    {"cyserver", "Palo Alto Cortex XDR"},
    {"xagt", "Trellix/FireEye HX"},
    {"taniumclient", "Tanium"},
    {"elastic endpoint", "Elastic Defend"},
    {"elasticendpoint", "Elastic Defend"},
    {"cybereasonactiveprobe", "Cybereason"},
    {"fortiedr", "FortiEDR"},
    {"wazuhsvc", "Wazuh"},
    {"velociraptor", "Velociraptor"},
});

struct Registration {
  std::string_view folder;
  std::string_view kind;
};
constexpr auto kRegistrations =
    std::to_array<Registration>({{"Av", "antivirus"}, {"Fw", "firewall"}, {"As", "antispyware"}});

// The product's own word to the Security Center: bits 12..15 tell the state, 4..7 the signatures.
std::string product_state_name(std::uint64_t state) {
  constexpr auto kNames = std::to_array<std::string_view>({"off", "on", "snoozed", "expired"});
  const std::uint64_t number = state >> 12U & 15U;
  return number < kNames.size() ? std::string(kNames[number]) : "state_" + std::to_string(number);
}

class WindowsSecurityProducts : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.security_products",
        .os = OperatingSystem::kWindows,
        .volatility = Volatility::kSystem,
        .needs_privilege = true,
        .schemas = kSchemas,
        .description = {"Security products, what is switched off in them, and their exclusions",
                        "セキュリティ製品と、その無効化された機能、除外設定"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    environment_ = windows::live_environment(context.host);
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    KONSEKI_ASSIGN(WindowsState * state, windows::windows_state_of(host));
    windows::GapTally gaps;
    for (const Registration& each : kRegistrations) add_registered(each, *state, sink, gaps);
    add_services(*state, sink, gaps);
    windows::read_defender(*state, sink, gaps);
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  // One subkey a product. Servers have no such keys.
  void add_registered(const Registration& registration, WindowsState& state, Sink& sink,
                      windows::GapTally& gaps) const {
    constexpr std::string_view kGapKind = "products of the Security Center";
    const std::string base =
        "SOFTWARE\\Microsoft\\Security Center\\Provider\\" + std::string(registration.folder);
    const auto list = state.machine_key(base);
    if (!list) {
      gaps.add(kGapKind, base, list.error());
      return;
    }
    for (const std::string& id : list->subkeys) {
      const std::string path = base + "\\" + id;
      const auto key = state.machine_key(path);
      if (!key) {
        gaps.add(kGapKind, path, key.error());
        continue;
      }
      Record record(kWindowsSecurityProductSchema);
      record.source.path = "HKEY_LOCAL_MACHINE\\" + path;
      record.set("key", "HKEY_LOCAL_MACHINE\\" + path);
      record.set("last_written", key->last_written);
      record.set("kind", std::string(registration.kind));
      set_text(record, "name", windows::text_value(*key, "DISPLAYNAME"));
      const std::string exe = windows::text_value(*key, "PRODUCTEXE");
      if (!exe.empty()) record.set("exe", windows::live_display_path(exe, environment_));
      if (const auto told = windows::number_value(*key, "STATE")) {
        const std::string name = product_state_name(*told);
        record.set("state", name);
        record.set("enabled", name == "on");
        record.set("up_to_date", (*told >> 4U & 15U) == 0);
        if (name != "on") record.set("signs", std::vector<std::string>{"product_off"});
      }
      sink.emit(std::move(record));
    }
  }

  void add_services(WindowsState& state, Sink& sink, windows::GapTally& gaps) const {
    constexpr std::uint32_t kRunning = 4;
    const auto services = state.services([](auto, auto, const auto&) {});
    if (!services) {
      gaps.add("services of security products", "services", services.error());
      return;
    }
    for (const WindowsService& service : *services) {
      const std::string folded = fold_case(service.name);
      const auto* known = std::ranges::find(kKnownServices, folded, &KnownService::service);
      if (known == kKnownServices.end()) continue;
      Record record(kWindowsSecurityProductSchema);
      record.source.path = "live/service/" + service.name;
      record.set("name", std::string(known->product));
      record.set("kind", std::string("service"));
      record.set("enabled", service.state == kRunning);
      record.set("state", windows::service_state_name(service.state));
      set_text(record, "exe", windows::target_of({.service = service}, environment_));
      constexpr std::uint32_t kAutomatic = 2;
      constexpr std::uint32_t kDisabled = 4;
      // Those started on demand are off as long as nobody asks (Defender beside another scanner).
      const bool meant_to_run = service.start == kAutomatic || service.start == kDisabled;
      if (service.state != kRunning && meant_to_run) {
        record.set("signs", std::vector<std::string>{"product_off"});
      }
      sink.emit(std::move(record));
    }
  }

  windows::Environment environment_;
};

}  // namespace

std::unique_ptr<Collector> make_windows_security_products() {
  return std::make_unique<WindowsSecurityProducts>();
}

}  // namespace konseki
