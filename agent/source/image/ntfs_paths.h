// Paths of NTFS files, joined from parent references.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "agent/source/image/ntfs_facts.h"

namespace konseki {

// A compact table of directories, filled as the MFT is walked and by looking up single records
// where a child comes before its parent. About 20 bytes a directory plus its name.
class NtfsPaths {
 public:
  explicit NtfsPaths(NtfsTable& table);

  // Tells of a directory seen on the walk.
  void add(std::uint64_t number, const NtfsFacts& facts);

  struct Found {
    Allocation allocation = Allocation::kAllocated;
    const std::string* path =
        nullptr;  // of the directory, "" for the root; valid until the next call
  };
  // The directory that `parent` refers to. kOrphan (path "$OrphanFiles") when it is gone or its
  // record was reused; kDeleted when it is deleted but still described.
  Found find(NtfsReference parent);

 private:
  static constexpr std::uint64_t kPageSize = 4096;
  static constexpr std::uint32_t kUnknown = 0;
  static constexpr std::uint32_t kNotDirectory = ~std::uint32_t{0};

  struct Directory {
    std::uint64_t parent = 0;
    std::uint16_t parent_sequence = 0;
    std::uint16_t sequence = 0;
    std::uint16_t name_size = 0;
    bool in_use = false;
    std::uint32_t name = 0;  // offset in names_
  };
  using Page = std::array<std::uint32_t, kPageSize>;

  std::uint32_t& slot(std::uint64_t number);
  const Directory* directory(std::uint64_t number);

  NtfsTable& table_;
  NtfsFactReader reader_;
  NtfsFacts facts_;
  std::vector<std::byte> record_;
  std::vector<std::unique_ptr<Page>> pages_;  // record number → 1 + index in directories_
  std::vector<Directory> directories_;
  std::string names_;
  std::vector<std::uint32_t> chain_;  // indices into directories_, deepest first
  std::uint64_t last_number_ = ~std::uint64_t{0};
  std::uint16_t last_sequence_ = 0;
  Found last_;
  std::string path_;
};

}  // namespace konseki
