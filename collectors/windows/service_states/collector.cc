// The collector windows.service_states.
#include "konseki/collector.h"

#include <array>
#include <map>
#include <memory>
#include <set>

#include "agent/base/unicode.h"
#include "collectors/live/record_fields.h"
#include "collectors/windows/live/gap_tally.h"
#include "collectors/windows/live/live_path.h"
#include "collectors/windows/live/registry_values.h"
#include "collectors/windows/service_states/service_schemas.h"
#include "collectors/windows/service_states/service_signs.h"
#include "collectors/windows/services/services.h"

namespace konseki {
namespace {

using live::set_text;
using live::set_uint;
using windows::ServiceView;

constexpr std::array<const RecordSchema*, 2> kSchemas{&kWindowsServiceStateSchema,
                                                      &kWindowsDriverSchema};
constexpr std::string_view kServices = "SYSTEM\\CurrentControlSet\\Services";

class WindowsServiceStates : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.service_states",
        .os = OperatingSystem::kWindows,
        .volatility = Volatility::kKernel,
        .needs_privilege = false,
        .schemas = kSchemas,
        .description = {"Services and drivers with their state, hidden ones included, and the "
                        "drivers in the kernel's memory",
                        "サービスとドライバーの状態（隠されたものを含む）と、カーネルに読み込まれた"
                        "ドライバー"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    environment_ = windows::live_environment(context.host);
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    KONSEKI_ASSIGN(WindowsState * state, windows::windows_state_of(host));
    windows::GapTally gaps;
    if (const auto drivers = state->drivers()) {
      for (const WindowsDriver& driver : *drivers) sink.emit(driver_record(driver));
    } else {
      gaps.add("drivers in memory", "drivers", drivers.error());
    }
    const auto services = state->services(gaps.withheld());
    if (services) {
      add_services(*services, *state, sink, gaps);
    } else {
      gaps.add("services", "services", services.error());
    }
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  void add_services(const std::vector<WindowsService>& services, WindowsState& state, Sink& sink,
                    windows::GapTally& gaps) const {
    const auto key = state.machine_key(kServices);
    std::set<std::string> in_registry;
    if (key) {
      for (const std::string& name : key->subkeys) in_registry.insert(fold_case(name));
    } else {
      gaps.add("registry keys of services", kServices, key.error());
    }
    std::set<std::string> listed;
    for (const WindowsService& service : services) {
      listed.insert(fold_case(service.name));
      ServiceView view{.service = service};
      view.settings_gone = key.has_value() && !in_registry.contains(fold_case(service.name));
      view.service_dll = dll_of(service, state, gaps);
      sink.emit(service_record(view));
    }
    if (!key) return;
    for (const std::string& name : key->subkeys) {
      if (!listed.contains(fold_case(name))) add_unlisted(name, state, sink, gaps);
    }
  }

  // Old services keep it in their own key.
  static std::string dll_of(const WindowsService& service, WindowsState& state,
                            windows::GapTally& gaps) {
    constexpr std::uint32_t kShared = 0x20;
    if ((service.type & kShared) == 0) return {};
    // Instances of a user's service ("Name_3f2a1") have the settings of their template.
    const std::string base = std::string(kServices) + "\\" + service.name;
    for (const std::string& path : {base + "\\Parameters", base}) {
      const auto key = state.machine_key(path);
      if (!key) {
        gaps.add("registry keys of services", path, key.error());
        continue;
      }
      std::string dll = windows::text_value(*key, "ServiceDll");
      if (!dll.empty()) return dll;
    }
    return {};
  }

  // In the registry, unknown to the manager. Its rights may have been set so that it is not listed.
  void add_unlisted(const std::string& name, WindowsState& state, Sink& sink,
                    windows::GapTally& gaps) const {
    const std::string path = std::string(kServices) + "\\" + name;
    const auto key = state.machine_key(path);
    if (!key) {
      gaps.add("registry keys of services", path, key.error());
      return;
    }
    // Keys without both only hold settings; adapters and templates of users' services are not
    // listed anyway.
    constexpr std::uint64_t kListedTypes = 0x3B;
    constexpr std::uint64_t kUserService = 0x40;
    const auto type = windows::number_value(*key, "Type");
    const std::string image = windows::text_value(*key, "ImagePath");
    if (!type || image.empty() || (*type & kListedTypes) == 0 || (*type & kUserService) != 0) {
      return;
    }
    ServiceView view;
    view.unlisted = true;
    view.service.name = name;
    view.service.type = static_cast<std::uint32_t>(*type);
    view.service.display_name = windows::text_value(*key, "DisplayName");
    view.service.image_path = image;
    view.service.account = windows::text_value(*key, "ObjectName");
    if (const auto start = windows::number_value(*key, "Start")) {
      view.service.start = static_cast<std::uint32_t>(*start);
    }
    view.service_dll = dll_of(view.service, state, gaps);
    sink.emit(service_record(view));
  }

  Record service_record(const ServiceView& view) const {
    const WindowsService& service = view.service;
    Record record(kWindowsServiceStateSchema);
    record.source.path = "live/service/" + service.name;
    record.set("name", service.name);
    set_text(record, "display_name", service.display_name);
    record.set("type", windows::service_type_name(service.type));
    record.set("state", view.unlisted ? std::string("unlisted")
                                      : windows::service_state_name(service.state));
    set_uint(record, "pid", service.pid);
    if (service.start) record.set("start", windows::service_start_name(*service.start));
    set_text(record, "account", service.account);
    set_text(record, "image_path", service.image_path);
    set_text(record, "service_dll", view.service_dll);
    const std::string target = windows::target_of(view, environment_);
    set_text(record, "target", target);
    constexpr std::uint32_t kNeverStarted = 1077;
    if (service.exit_code != 0 && service.exit_code != kNeverStarted) {
      record.set("exit_code", std::uint64_t{service.exit_code});
    }
    live::set_list(record, "signs", windows::signs_of(view, target));
    if (!service.start && !view.unlisted) {
      record.status = ParseStatus::kPartial;
      record.note = "its settings were withheld";
    }
    return record;
  }

  Record driver_record(const WindowsDriver& driver) const {
    Record record(kWindowsDriverSchema);
    const std::string path = windows::live_display_path(driver.path, environment_);
    record.source.path = "live/driver";
    record.set("name", std::string(windows::file_name_of(path)));
    record.set("path", path);
    record.set("size", std::uint64_t{driver.size});
    record.set("order", std::uint64_t{driver.order});
    live::set_list(record, "signs", windows::driver_signs(path, environment_));
    return record;
  }

  windows::Environment environment_;
};

}  // namespace

std::unique_ptr<Collector> make_windows_service_states() {
  return std::make_unique<WindowsServiceStates>();
}

}  // namespace konseki
