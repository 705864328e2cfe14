#include "collectors/windows/usb_devices/devices.h"

#include <array>
#include <map>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "collectors/windows/base/key_match.h"
#include "collectors/windows/base/registry_text.h"

namespace konseki::windows {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"device", FieldType::kText, "Device key: vendor, product and revision"},
    {"serial", FieldType::kText,
     "Serial number; with '&' as its second character Windows made it up"},
    {"vendor", FieldType::kText, "Vendor, from the device key"},
    {"product", FieldType::kText, "Product, from the device key"},
    {"revision", FieldType::kText, "Revision, from the device key"},
    {"friendly_name", FieldType::kText, "Name shown to people"},
    {"container_id", FieldType::kText, "Container GUID, shared by all functions of one device"},
    {"drive_letters", FieldType::kTextList, "Letters that MountedDevices keeps for it"},
    {"volumes", FieldType::kTextList, "Volume names that MountedDevices keeps for it"},
    {"installed", FieldType::kTime, "Installation (property 0064)", "Device Installation Time"},
    {"first_installed", FieldType::kTime, "First installation (0065)",
     "Device First Installation Time"},
    {"last_attached", FieldType::kTime, "Last arrival (0066)", "Last Connection Time"},
    {"last_removed", FieldType::kTime, "Last removal (0067)", "Last Removal Time"},
    {"last_written", FieldType::kTime, "Last write of the instance's key",
     "Content Modification Time"},
});

struct Mounts {
  std::vector<std::string> letters;
  std::vector<std::string> volumes;
};

// Mount points of each "device#serial", folded, as MountedDevices names it in its data:
// "_??_USBSTOR#Disk&Ven_..#SERIAL#{guid}" in UTF-16.
std::map<std::string, Mounts> read_mounts(const RegistryHive& system) {
  std::map<std::string, Mounts> mounts;
  auto key = system.find("MountedDevices");
  if (!key) return mounts;
  auto values = (*key)->values();
  if (!values) return mounts;
  constexpr std::string_view kLetter = "\\dosdevices\\";
  for (const RegistryValue& value : *values) {
    const std::string device = fold_case(utf16le_to_wtf8_until_nul(value.data));
    const auto start = device.find("usbstor#");
    const auto end = device.rfind("#{");
    if (start == std::string::npos || end == std::string::npos || end < start + 8) continue;
    Mounts& of_device = mounts[device.substr(start + 8, end - start - 8)];
    if (fold_case(value.name).starts_with(kLetter)) {
      of_device.letters.push_back(value.name.substr(kLetter.size()));
    } else {
      of_device.volumes.push_back(value.name);
    }
  }
  return mounts;
}

// "Disk&Ven_Kingston&Prod_DT_101&Rev_1.00": the part behind `mark`, up to the next '&'.
std::string part_of(std::string_view device, std::string_view mark) {
  const auto at = fold_case(device).find(mark);
  if (at == std::string::npos) return {};
  device.remove_prefix(at + mark.size());
  return std::string(device.substr(0, device.find('&')));
}

// The default value since Windows 8; in Windows 7 "Data" one key further down.
std::optional<Timestamp> property_time(const RegistryHive& system, const std::string& path) {
  for (const auto& [key_path, name] :
       {std::pair<std::string, std::string>{path, ""}, {path + "/00000000", "Data"}}) {
    auto key = system.find(key_path);
    if (!key) continue;
    auto values = (*key)->values();
    if (!values) continue;
    const RegistryValue* value = find_value(*values, name);
    if (value == nullptr || value->data.size() != 8) continue;
    const std::uint64_t ticks = Cursor(value->data).u64();
    if (ticks != 0) return Timestamp::from_filetime(ticks);
  }
  return std::nullopt;
}

void set_property_times(Record& record, const RegistryHive& system, const std::string& instance) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTimes = {
      {{"installed", "64"},
       {"first_installed", "65"},
       {"last_attached", "66"},
       {"last_removed", "67"}}};
  const std::string base = instance + "/Properties/{83da6326-97a6-4088-9453-a1923f573b29}/";
  for (const auto& [field, number] : kTimes) {
    auto time = property_time(system, base + "00" + std::string(number));
    if (!time) time = property_time(system, base + "000000" + std::string(number));
    if (time) record.set(field, *time);
  }
}

void set_unless_empty(Record& record, std::string_view field, std::string value) {
  if (!value.empty()) record.set(field, std::move(value));
}

}  // namespace

const RecordSchema kUsbDeviceSchema{"windows.usb_device", "USB storage that was ever attached",
                                    kFields};

void parse_usb_devices(const RegistryHive& system, const RecordEmitter& emit) {
  const std::string control_set = current_control_set(system);
  const KeyPattern patterns[] = {KeyPattern(control_set + "/Enum/USBSTOR/*/*")};
  const KeyDamageHandler damaged = [&](const std::string& path, const Error& error) {
    emit(damaged_key(kUsbDeviceSchema, "HKEY_LOCAL_MACHINE\\SYSTEM", path, error));
  };
  const auto mounts = read_mounts(system);
  const auto visit = [&](const RegistryKey& key, const std::string& path,
                         std::span<const std::size_t>) {
    auto values = key.values();
    if (!values) return damaged(path, values.error());
    std::string above = path.substr(0, path.size() - key.name().size() - 1);
    const std::string device = above.substr(above.rfind('\\') + 1);
    Record record(kUsbDeviceSchema);
    record.set("device", device);
    record.set("serial", key.name());
    set_unless_empty(record, "vendor", part_of(device, "ven_"));
    set_unless_empty(record, "product", part_of(device, "prod_"));
    set_unless_empty(record, "revision", part_of(device, "rev_"));
    set_unless_empty(record, "friendly_name", text_of(*values, "FriendlyName"));
    set_unless_empty(record, "container_id", text_of(*values, "ContainerID"));
    const auto mounted = mounts.find(fold_case(device + "#" + key.name()));
    if (mounted != mounts.end()) {
      if (!mounted->second.letters.empty()) record.set("drive_letters", mounted->second.letters);
      if (!mounted->second.volumes.empty()) record.set("volumes", mounted->second.volumes);
    }
    set_property_times(record, system, control_set + "/Enum/USBSTOR/" + device + "/" + key.name());
    record.set("last_written", key.last_written());
    emit(std::move(record));
  };
  auto root = system.root();
  if (!root) return damaged("", root.error());
  match_keys(**root, patterns, visit, damaged);
}

}  // namespace konseki::windows
