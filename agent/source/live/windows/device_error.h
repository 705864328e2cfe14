// What a number of GetLastError() says of a device that was read.
#pragma once

#include <cstdint>

#include "agent/source/live/block_device.h"

namespace konseki {

// Pure, and built on every system so that its tests run there [MS-ERREF 2.2].
DeviceFault device_fault_of(std::uint32_t error);

}  // namespace konseki
