// LocalDevice: a file or block device of this machine, read through pread.
#pragma once

#include <string>

#include "agent/source/live/block_device.h"
#include "agent/source/live/linux/file_descriptor.h"

namespace konseki {

class LocalDevice : public BlockDevice {
 public:
  LocalDevice(FileDescriptor file, std::string name, std::uint64_t size)
      : file_(std::move(file)), name_(std::move(name)), size_(size) {}

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  std::uint32_t sector_size() const override { return 512; }  // buffered: the kernel aligns
  DeviceRead read(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  FileDescriptor file_;
  std::string name_;
  std::uint64_t size_;
};

// What an errno of a read says of the device.
DeviceFault device_fault(int number);

}  // namespace konseki
