#include "agent/source/live/windows/raw_device.h"

#include <windows.h>
#include <winioctl.h>

#include <algorithm>
#include <array>

#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"
#include "agent/base/windows/windows_error.h"
#include "agent/source/live/boot_size.h"
#include "agent/source/live/sector_reader.h"
#include "agent/source/live/windows/device_error.h"

namespace konseki {
namespace {

constexpr std::uint32_t kLeastSector = 512;
constexpr std::uint32_t kMostSector = 4096;

class RawDevice : public BlockDevice {
 public:
  RawDevice(Handle handle, std::string name) : handle_(std::move(handle)), name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  std::uint32_t sector_size() const override { return sector_; }

  DeviceRead read(std::uint64_t offset, std::span<std::byte> out) override {
    DeviceRead read;
    while (read.count < out.size()) {
      const std::uint64_t at = offset + read.count;
      OVERLAPPED place{};
      place.Offset = static_cast<DWORD>(at);
      place.OffsetHigh = static_cast<DWORD>(at >> 32);
      DWORD count = 0;
      const auto want = static_cast<DWORD>(std::min<std::size_t>(out.size() - read.count, 1 << 20));
      if (::ReadFile(handle_.get(), out.data() + read.count, want, &count, &place) == 0) {
        const DWORD error = ::GetLastError();
        read.fault = device_fault_of(error);
        if (read.fault != DeviceFault::kNone) read.reason = windows_error(error, "read").detail;
        break;
      }
      if (count == 0) break;
      read.count += count;
    }
    return read;
  }

  // Asks the device what it is. A device that answers nothing of its size fails.
  Result<void> measure() {
    read_geometry();
    GET_LENGTH_INFORMATION length{};
    LARGE_INTEGER end{};
    if (ask(IOCTL_DISK_GET_LENGTH_INFO, length) && length.Length.QuadPart > 0) {
      size_ = static_cast<std::uint64_t>(length.Length.QuadPart);
    } else if (::GetFileSizeEx(handle_.get(), &end) != 0 && end.QuadPart > 0) {
      size_ = static_cast<std::uint64_t>(end.QuadPart);
    } else {
      alignas(kMostSector) std::array<std::byte, kMostSector> boot{};
      const DeviceRead first = read(0, std::span(boot).first(sector_));
      if (first.fault == DeviceFault::kRefused) {
        return fail(ErrorCode::kPermissionDenied, name_ + ": " + first.reason);
      }
      const auto said = boot_sector_size(boot);
      if (!said) {
        return fail(ErrorCode::kIoError, name_ + ": the device does not tell its size" +
                                             (first.reason.empty() ? "" : ": " + first.reason));
      }
      size_ = *said;
    }
    // Past the end of the file system a volume has sectors of its own, a backup boot sector among
    // them; without this the file system's driver cuts them off.
    DWORD unused = 0;
    (void)::DeviceIoControl(handle_.get(), FSCTL_ALLOW_EXTENDED_DASD_IO, nullptr, 0, nullptr, 0,
                            &unused, nullptr);
    return {};
  }

 private:
  template <class Answer>
  bool ask(DWORD question, Answer& answer) {
    DWORD size = 0;
    return ::DeviceIoControl(handle_.get(), question, nullptr, 0, &answer, sizeof answer, &size,
                             nullptr) != 0;
  }

  void read_geometry() {
    DISK_GEOMETRY geometry{};
    if (!ask(IOCTL_DISK_GET_DRIVE_GEOMETRY, geometry)) return;
    const std::uint32_t sector = geometry.BytesPerSector;
    if (sector >= kLeastSector && sector <= kMostSector && (sector & (sector - 1)) == 0) {
      sector_ = sector;
    }
  }

  Handle handle_;
  std::string name_;
  std::uint64_t size_ = 0;
  std::uint32_t sector_ = kLeastSector;
};

}  // namespace

Result<std::unique_ptr<BlockDevice>> open_raw_device(const std::string& name) {
  Handle handle(::CreateFileW(long_path(name).c_str(), GENERIC_READ,
                              FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                              OPEN_EXISTING, 0, nullptr));
  if (!handle) return fail(windows_error(::GetLastError(), "open " + name));
  auto device = std::make_unique<RawDevice>(std::move(handle), name);
  KONSEKI_TRY(device->measure());
  return device;
}

Result<std::unique_ptr<ByteReader>> open_raw_medium(const std::string& name) {
  KONSEKI_ASSIGN(auto device, open_raw_device(name));
  return std::make_unique<SectorReader>(std::move(device));
}

}  // namespace konseki
