// FileReader: an open regular file or block device as a ByteReader.
#pragma once

#include <string>

#include "agent/source/live/linux/file_descriptor.h"
#include "konseki/byte_reader.h"

namespace konseki {

// Reads with pread(2), so the file's own offset is of no account. Errors name path and offset.
class FileReader : public ByteReader {
 public:
  FileReader(FileDescriptor file, std::string path, std::uint64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}

  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;
  ByteRange next_data(std::uint64_t offset) override;

 private:
  FileDescriptor file_;
  std::string path_;
  std::uint64_t size_;
};

}  // namespace konseki
