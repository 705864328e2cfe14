// QCOW 1, 2 and 3 headers and table entries as numbers, after QEMU's docs/interop/qcow2.txt.
#pragma once

#include <cstdint>
#include <string>

#include "konseki/byte_reader.h"

namespace konseki {

struct QcowLayout {
  std::uint32_t version = 0;
  std::uint32_t cluster_bits = 0;
  std::uint32_t table_bits = 0;   // log2 of the entries of a second-level table
  std::uint64_t size = 0;         // of the disk inside
  std::uint64_t first_level = 0;  // offset of the first-level table
  std::uint64_t entries = 0;      // of it that the disk needs
  bool zstd = false;              // compressed clusters are zstd, else deflate

  std::uint64_t cluster_size() const { return std::uint64_t{1} << cluster_bits; }
};

// Where one cluster of the disk lies in the file.
struct QcowCluster {
  enum class Kind { kHole, kPlain, kCompressed };
  Kind kind = Kind::kHole;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // compressed: at most so many bytes
};

// kUnsupported, with the way forward, for overlays, encryption and features unknown here;
// kCorrupt for headers that cannot be. `path` is named in errors.
Result<QcowLayout> read_qcow_layout(const std::string& path, ByteReader& file);

// What an entry of a second-level table says.
QcowCluster qcow_cluster(const QcowLayout& layout, std::uint64_t entry);

// The offset of a second-level table that an entry of the first one names; 0: there is none.
std::uint64_t qcow_table(const QcowLayout& layout, std::uint64_t entry);

}  // namespace konseki
