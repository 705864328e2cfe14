// BlockDevice: what a raw disk or volume can do, as thin as the operating system gives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace konseki {

// Why a device gave no bytes.
enum class DeviceFault {
  kNone,
  kUnreadable,  // these sectors do not read; others may
  kGone,        // no device any more: pulled out, volume dismounted, medium changed
  kRefused,     // the system does not let us read (rights, lock)
};

struct DeviceRead {
  std::size_t count = 0;  // bytes at the start of the buffer that are right
  DeviceFault fault = DeviceFault::kNone;
  std::string reason;  // the system's words; empty without a fault
};

// Used by one thread at a time.
class BlockDevice {
 public:
  virtual ~BlockDevice() = default;

  virtual const std::string& name() const = 0;  // as the user or the system names it: "\\.\C:"
  virtual std::uint64_t size() const = 0;       // bytes
  // A power of two from 512 up: offsets, lengths and addresses of buffers are multiples of it.
  virtual std::uint32_t sector_size() const = 0;
  // Reads whole sectors inside the device. A short count without a fault is its end.
  virtual DeviceRead read(std::uint64_t offset, std::span<std::byte> out) = 0;
};

}  // namespace konseki
