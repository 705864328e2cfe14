// The volumes of a disk: its partition table, or the whole disk as one volume.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/source/image/disk.h"

namespace konseki {

struct Partition {
  std::string name;         // "partition 2"; "volume" for a disk without a table
  std::string description;  // the table's own words, e.g. "Linux (0x83)"
  std::string
      unique_id;   // GPT partition GUID, MBR "SSSSSSSS-NN" as Linux writes PARTUUID; or empty
  int number = 0;  // 1-based as Linux counts; 0 without a table
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool never_files = false;  // by its type: Microsoft reserved, BIOS boot
};

struct PartitionTable {
  std::string type;                   // "gpt", "dos", "bsd", "sun", "mac"; empty without a table
  std::vector<Partition> partitions;  // in order of offset
  std::string damage;                 // what is wrong with the table, if anything
};

// The 16 bytes of a GUID in its usual spelling, lower case [RFC 4122 with Microsoft byte order].
std::string guid_text(std::span<const std::byte> bytes);

// Always gives at least one partition unless a table is there and says there are none.
Result<PartitionTable> read_partitions(const std::shared_ptr<Disk>& disk);

}  // namespace konseki
