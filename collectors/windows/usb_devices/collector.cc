#include "konseki/collector.h"

#include <array>

#include "collectors/windows/base/hive_identity.h"
#include "collectors/windows/usb_devices/devices.h"

namespace konseki {
namespace {

using windows::HiveKind;

constexpr std::array<const RecordSchema*, 1> kSchemas = {&windows::kUsbDeviceSchema};

class UsbDevicesCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{.name = "windows.usb_devices",
                                     .os = OperatingSystem::kWindows,
                                     .schemas = kSchemas,
                                     .description = {"USB storage that was ever attached",
                                                     "接続されたことのある USB ストレージ"}};
    return kInfo;
  }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && windows::hive_kind(file.path) == HiveKind::kSystem;
  }

  Result<void> parse(const FileItem&, ByteReader& content, const RecordEmitter& emit) override {
    KONSEKI_ASSIGN(const auto hive, RegistryHive::open(content));
    windows::parse_usb_devices(*hive, emit);
    return {};
  }
};

}  // namespace

std::unique_ptr<Collector> make_windows_usb_devices() {
  return std::make_unique<UsbDevicesCollector>();
}

}  // namespace konseki
