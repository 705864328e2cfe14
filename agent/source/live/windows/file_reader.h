// FileReader: an open file of Windows as a ByteReader.
#pragma once

#include <string>

#include "agent/base/windows/handle.h"
#include "konseki/byte_reader.h"

namespace konseki {

class FileReader : public ByteReader {
 public:
  FileReader(Handle file, std::string name, std::uint64_t size)
      : file_(std::move(file)), name_(std::move(name)), size_(size) {}

  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;
  ByteRange next_data(std::uint64_t offset) override;

 private:
  Handle file_;
  std::string name_;
  std::uint64_t size_;
  // Windows answers ranges of sparse files; asked once, for files that are.
  enum class Holes { kNotAsked, kNone, kSome } holes_ = Holes::kNotAsked;
};

}  // namespace konseki
