// The bytes of an NTFS volume below its files: geometry, streams by run list, the MFT.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agent/source/image/ntfs_record.h"
#include "konseki/byte_reader.h"

namespace konseki {

struct NtfsGeometry {
  std::uint32_t cluster = 0;  // bytes
  std::uint32_t record = 0;   // bytes of an MFT record
  std::uint64_t mft_cluster = 0;
};

// From the boot sector; kCorrupt when it cannot be one.
Result<NtfsGeometry> read_ntfs_geometry(ByteReader& volume);

// A non-resident stream read through its runs: neither compression nor encryption undone. Holes
// and what lies past the initialised size read as zero. `volume` must outlive it.
class NtfsRunReader : public ByteReader {
 public:
  NtfsRunReader(ByteReader& volume, std::uint32_t cluster, std::vector<NtfsRun> runs,
                std::uint64_t size, std::uint64_t initialised);

  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  ByteReader& volume_;
  std::uint32_t cluster_;
  std::vector<NtfsRun> runs_;  // by vcn
  std::uint64_t size_;
  std::uint64_t initialised_;
};

// The master file table. Not thread-safe; owns its reader of the volume.
class NtfsTable {
 public:
  static Result<std::unique_ptr<NtfsTable>> open(std::unique_ptr<ByteReader> volume);

  const NtfsGeometry& geometry() const { return geometry_; }
  std::uint64_t record_count() const { return content_->size() / geometry_.record; }
  ByteReader& volume() { return *volume_; }
  ByteReader& content() { return *content_; }

  // Reads one record with its fixups undone into `record` (resized to fit). kCorrupt when it is
  // no sound record.
  Result<NtfsHeader> read_record(std::uint64_t number, std::vector<std::byte>& record);

  // A reader of a non-resident stream whose pieces (in any order) are given.
  std::unique_ptr<ByteReader> stream(std::vector<NtfsRun> runs, std::uint64_t size,
                                     std::uint64_t initialised);

 private:
  std::unique_ptr<ByteReader> volume_;
  NtfsGeometry geometry_;
  std::unique_ptr<NtfsRunReader> content_;
};

}  // namespace konseki
