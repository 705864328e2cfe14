#include "agent/source/live/linux/local_device.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace konseki {

DeviceFault device_fault(int number) {
  switch (number) {
    case 0:
      return DeviceFault::kNone;
    case ENODEV:
    case ENXIO:
    case ENOMEDIUM:
    case ESHUTDOWN:
    case ESTALE:
    case EBADF:
      return DeviceFault::kGone;
    case EACCES:
    case EPERM:
      return DeviceFault::kRefused;
    default:  // EIO, ENODATA (medium error), EILSEQ (protection), ETIMEDOUT, EREMOTEIO
      return DeviceFault::kUnreadable;
  }
}

DeviceRead LocalDevice::read(std::uint64_t offset, std::span<std::byte> out) {
  DeviceRead read;
  while (read.count < out.size()) {
    const ssize_t count = ::pread(file_.get(), out.data() + read.count, out.size() - read.count,
                                  static_cast<off_t>(offset + read.count));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      read.fault = device_fault(errno);
      read.reason = std::generic_category().message(errno);
      break;
    }
    if (count == 0) break;
    read.count += static_cast<std::size_t>(count);
  }
  return read;
}

}  // namespace konseki
