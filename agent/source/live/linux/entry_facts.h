// Facts of one file from statx(2), as an Entry.
#pragma once

#include <sys/stat.h>

#include <cstdint>

#include "konseki/file_system.h"

namespace konseki {

struct StatAnswer {
  struct statx facts;
  std::uint64_t mount_id;  // 0 where the kernel does not tell (before 5.8)
};

// Looks at `name` in `directory` (or at `directory` itself, opened in any way, when `name` is
// ""). Never follows a link, never triggers an automount, never asks a server. 0 or errno.
int look_at(int directory, const char* name, StatAnswer& answer);

// Sets everything but `path` and `link_target`.
void fill_entry(const StatAnswer& answer, Entry& entry);

// Keeps `path` and sets what a directory alone tells of a file that is not looked at.
void fill_unseen(FileType type, std::uint64_t inode, Entry& entry);

FileType file_type(std::uint32_t mode);
std::uint64_t device_of(const StatAnswer& answer);

}  // namespace konseki
