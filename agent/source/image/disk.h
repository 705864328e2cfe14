// The medium inside an image: container opened, segments joined, ready for several users.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "agent/source/image/image_source.h"

namespace konseki {

// A whole medium shared by the volumes on it. Unlike other readers it may be used by several
// threads at once: reads take turns.
class Disk {
 public:
  Disk(std::unique_ptr<ByteReader> reader, std::string format)
      : reader_(std::move(reader)), format_(std::move(format)) {}

  const std::string& format() const { return format_; }  // "raw", "ewf", "vmdk", ...
  std::uint64_t size() const { return reader_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out);
  // As MediumReader::lost().
  std::vector<ByteRange> lost(const ByteRange& within) const;
  // Did the medium disappear?
  bool gone() const;

 private:
  mutable std::mutex mutex_;
  std::unique_ptr<ByteReader> reader_;
  std::string format_;
};

Result<std::shared_ptr<Disk>> open_disk(const std::string& location, const FileOpener& open);

// For Source::damage(): what the disk lost, and whether it is there no more. Empty when neither.
std::vector<MediumDamage> damage_of(const Disk& disk, const std::string& name);

// The bytes [offset, offset + size) of the disk. Where the disk ends earlier, reads are short.
std::unique_ptr<ByteReader> slice_disk(std::shared_ptr<Disk> disk, std::uint64_t offset,
                                       std::uint64_t size);

}  // namespace konseki
