// USB storage ever attached: SYSTEM, Enum\USBSTOR and MountedDevices.
#pragma once

#include "agent/base/registry_hive.h"
#include "konseki/record.h"

namespace konseki::windows {

extern const RecordSchema kUsbDeviceSchema;

// One windows.usb_device an instance key below USBSTOR of the current control set.
void parse_usb_devices(const RegistryHive& system, const RecordEmitter& emit);

}  // namespace konseki::windows
