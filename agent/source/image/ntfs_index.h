// The $I30 index of an NTFS directory: which names lie in it.
#pragma once

#include <functional>

#include "agent/source/image/ntfs_facts.h"

namespace konseki {

// One entry of a directory index; valid during the call only.
struct NtfsIndexEntry {
  NtfsReference file;
  NtfsName name;
};

// Visits the entries in the order they are stored; the visitor answers false to stop. Damaged
// blocks are skipped and answered as an error once the sound ones were visited.
Result<void> visit_ntfs_index(NtfsFactReader& facts, NtfsTable& table, std::uint64_t directory,
                              const std::function<bool(const NtfsIndexEntry&)>& visit);

}  // namespace konseki
