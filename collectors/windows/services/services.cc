#include "collectors/windows/services/services.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "agent/base/unicode.h"
#include "collectors/windows/base/command_target.h"
#include "collectors/windows/base/registry_text.h"
#include "konseki/persistence.h"

namespace konseki::windows {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"key", FieldType::kText, "Registry key of the service"},
    {"name", FieldType::kText, "Service name"},
    {"display_name", FieldType::kText, "Name shown to people, or a resource reference"},
    {"description", FieldType::kText, "Description, or a resource reference"},
    {"image_path", FieldType::kText, "ImagePath, verbatim"},
    {"service_dll", FieldType::kText, "DLL that svchost loads, verbatim"},
    {"target", FieldType::kText, "Display path of the program, driver or DLL that runs"},
    {"type", FieldType::kText,
     "kernel_driver, file_system_driver, own_process, share_process, ..."},
    {"start", FieldType::kText, "boot, system, auto, auto_delayed, demand or disabled"},
    {"trigger_start", FieldType::kBool, "True when events start it (TriggerInfo)"},
    {"object_name", FieldType::kText, "Account that it runs as"},
    {"group", FieldType::kText, "Load order group"},
    {"failure_command", FieldType::kText, "Command run when the service fails"},
    {"last_written", FieldType::kTime, "Last write of the service's key",
     "Content Modification Time"},
    {"parameters_written", FieldType::kTime, "Last write of its Parameters key",
     "Content Modification Time"},
});

struct TypeName {
  std::uint64_t type;
  std::string_view name;
};
constexpr auto kTypes = std::to_array<TypeName>({
    {0x01, "kernel_driver"},
    {0x02, "file_system_driver"},
    {0x04, "adapter"},
    {0x08, "recognizer_driver"},
    {0x10, "own_process"},
    {0x20, "share_process"},
    {0x50, "user_own_process"},
    {0x60, "user_share_process"},
    {0xD0, "user_own_process_instance"},
    {0xE0, "user_share_process_instance"},
    {0x210, "packaged_own_process"},
});

void set_unless_empty(Record& record, std::string_view field, const std::string& value) {
  if (!value.empty()) record.set(field, value);
}

// The DLL stands in Parameters; old services keep it beside ImagePath.
void read_subkeys(const RegistryKey& key, Service& service) {
  for (std::size_t i = 0; i < key.subkey_count(); ++i) {
    auto child = key.subkey(i);
    if (!child) continue;
    const std::string name = fold_case((*child)->name());
    if (name == "triggerinfo") service.triggered = (*child)->subkey_count() > 0;
    if (name != "parameters") continue;
    auto values = (*child)->values();
    if (!values) continue;
    const std::string dll = text_of(*values, "ServiceDll");
    if (dll.empty()) continue;
    service.service_dll = dll;
    service.parameters_written = (*child)->last_written();
  }
}

Result<Service> read_service(const RegistryKey& key, const std::string& above,
                             std::size_t* damaged) {
  KONSEKI_ASSIGN(const std::vector<RegistryValue> values, key.values(damaged));
  Service service;
  service.key = above + "\\" + key.name();
  service.name = key.name();
  service.display_name = text_of(values, "DisplayName");
  service.description = text_of(values, "Description");
  service.image_path = text_of(values, "ImagePath");
  service.service_dll = text_of(values, "ServiceDll");
  service.type = integer_of(values, "Type");
  service.start = integer_of(values, "Start");
  service.delayed = integer_of(values, "DelayedAutostart").value_or(0) != 0;
  service.object_name = text_of(values, "ObjectName");
  service.group = text_of(values, "Group");
  service.failure_command = text_of(values, "FailureCommand");
  service.last_written = key.last_written();
  read_subkeys(key, service);
  return service;
}

std::string start_of(const Service& service) {
  if (!service.start) return {};
  const std::string name = service_start_name(*service.start);
  return name == "auto" && service.delayed ? "auto_delayed" : name;
}

Record service_record(const Service& service, const std::string& target, std::size_t damaged) {
  Record record(kServiceSchema);
  record.set("key", service.key);
  record.set("name", service.name);
  set_unless_empty(record, "display_name", service.display_name);
  set_unless_empty(record, "description", service.description);
  set_unless_empty(record, "image_path", service.image_path);
  set_unless_empty(record, "service_dll", service.service_dll);
  set_unless_empty(record, "target", target);
  if (service.type) record.set("type", service_type_name(*service.type));
  set_unless_empty(record, "start", start_of(service));
  if (service.triggered) record.set("trigger_start", true);
  set_unless_empty(record, "object_name", service.object_name);
  set_unless_empty(record, "group", service.group);
  set_unless_empty(record, "failure_command", service.failure_command);
  record.set("last_written", service.last_written);
  if (service.parameters_written) record.set("parameters_written", *service.parameters_written);
  if (damaged > 0) {
    record.status = ParseStatus::kPartial;
    record.note = fmt::format("{} values could not be read", damaged);
  }
  return record;
}

PersistenceEntry persistence_entry(const Service& service, const std::string& target) {
  PersistenceEntry entry;
  entry.mechanism = service.driver() ? "windows.driver" : "windows.service";
  entry.location = service.key;
  entry.name = service.name;
  entry.command = service.image_path;
  entry.target = target;
  entry.user =
      service.driver() || !service.object_name.empty() ? service.object_name : "LocalSystem";
  entry.trigger = start_of(service);
  if (service.triggered) entry.trigger += entry.trigger.empty() ? "event" : ", event";
  if (service.start) entry.enabled = *service.start != 4;
  entry.since = service.last_written;
  entry.since_evidence = "registry key last write";
  if (service.parameters_written && *service.parameters_written < service.last_written) {
    entry.since = service.parameters_written;
    entry.since_evidence = "registry key last write (Parameters)";
  }
  entry.technique = "T1543.003";
  return entry;
}

PersistenceEntry failure_entry(const Service& service, const Environment& environment) {
  PersistenceEntry entry;
  entry.mechanism = "windows.service_failure_command";
  entry.location = service.key;
  entry.name = service.name;
  entry.command = service.failure_command;
  entry.target = command_target(service.failure_command, environment);
  entry.user = service.object_name.empty() ? "LocalSystem" : service.object_name;
  entry.trigger = "service failure";
  entry.since = service.last_written;
  entry.since_evidence = "registry key last write";
  entry.technique = "T1543.003";
  return entry;
}

Record damaged_record(const std::string& key, const Error& error) {
  Record record(kServiceSchema);
  record.set("key", key);
  record.status = ParseStatus::kCorrupt;
  record.note = error.detail;
  return record;
}

}  // namespace

const RecordSchema kServiceSchema{"windows.service",
                                  "Services and drivers of the current control set", kFields};

bool Service::carries_code() const {
  return type.has_value() || !image_path.empty() || !service_dll.empty();
}

std::string service_type_name(std::uint64_t type) {
  const std::uint64_t plain = type & ~0x100ULL;  // 0x100: may interact with the desktop
  for (const TypeName& known : kTypes) {
    if (known.type == plain) return std::string(known.name) + (plain != type ? "_interactive" : "");
  }
  return fmt::format("0x{:x}", type);
}

std::string service_start_name(std::uint64_t start) {
  static constexpr std::array<std::string_view, 5> kNames = {"boot", "system", "auto", "demand",
                                                             "disabled"};
  return start < kNames.size() ? std::string(kNames[start]) : fmt::format("0x{:x}", start);
}

std::string service_target(const Service& service, const Environment& environment) {
  if (!service.service_dll.empty()) return normalise_path(service.service_dll, environment);
  if (service.driver()) {
    // Without an ImagePath the I/O manager takes drivers\<name>.sys.
    if (service.image_path.empty()) {
      return environment.system_root + "/System32/drivers/" + service.name + ".sys";
    }
    return normalise_path(service.image_path, environment, "System32/drivers");
  }
  return command_target(service.image_path, environment);
}

Result<void> parse_services(const RegistryHive& system, const Environment& environment,
                            const RecordEmitter& emit) {
  const std::string control_set = current_control_set(system);
  if (control_set.empty()) return fail(ErrorCode::kCorrupt, "no control set in the SYSTEM hive");
  const std::string above = "HKEY_LOCAL_MACHINE\\SYSTEM\\" + control_set + "\\Services";
  auto services = system.find(control_set + "/Services");
  if (!services) {
    emit(damaged_record(above, services.error()));
    return {};
  }
  if ((*services)->damaged()) {
    emit(damaged_record(above, {ErrorCode::kCorrupt, "list of subkeys is damaged", {}}));
  }
  for (std::size_t i = 0; i < (*services)->subkey_count(); ++i) {
    auto key = (*services)->subkey(i);
    if (!key) {
      emit(damaged_record(above, key.error()));
      continue;
    }
    std::size_t damaged = 0;
    auto service = read_service(**key, above, &damaged);
    if (!service) {
      emit(damaged_record(above + "\\" + (*key)->name(), service.error()));
      continue;
    }
    if (!service->carries_code()) continue;
    const std::string target = service_target(*service, environment);
    emit(service_record(*service, target, damaged));
    emit(persistence_entry(*service, target).to_record());
    if (!service->failure_command.empty()) emit(failure_entry(*service, environment).to_record());
  }
  return {};
}

}  // namespace konseki::windows
