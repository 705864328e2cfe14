// Owners of NTFS files: security identifiers of $Secure:$SDS and of old-style descriptors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "konseki/byte_reader.h"

namespace konseki {

// "S-1-5-21-…" of the owner of a self-relative security descriptor [MS-DTYP 2.4.6]; empty when
// it has none or is damaged.
std::string owner_of_descriptor(std::span<const std::byte> descriptor);

// Owner by security id, read once from $SDS. The same owner is stored once.
class NtfsOwners {
 public:
  NtfsOwners() { sids_.emplace_back(); }

  // Damaged parts are skipped; the copy that NTFS keeps of each 256 KiB fills in for them.
  void load(ByteReader& sds);

  const std::string& find(std::uint32_t security_id) const;

 private:
  std::vector<std::string> sids_;  // [0] is empty: unknown
  std::unordered_map<std::string, std::uint32_t> index_;
  std::unordered_map<std::uint32_t, std::uint32_t> owner_of_;
};

}  // namespace konseki
