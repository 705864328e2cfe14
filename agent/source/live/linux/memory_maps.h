// What /proc tells of a process's memory. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "konseki/process_memory.h"

namespace konseki {

// The readable regions of the text of /proc/PID/maps (proc(5)), without what is resident; at most
// 1,000,000. Lines that are none are passed by. Left out: the kernel's own pages ([vvar], [vdso],
// [vsyscall], ...). is_device is set for what lies in /dev, /sys or /proc or has no name in a file
// system, but for shared memory.
std::vector<MemoryRegion> parse_maps(std::string_view maps);

// Adds what the entries of /proc/PID/pagemap say of the pages from region.base + `offset` on.
void add_pages(MemoryRegion& region, std::uint64_t offset, std::span<const std::uint64_t> entries,
               std::uint64_t page_size);

// By the flags in the text of /proc/PID/stat, which no program can set for itself.
bool is_kernel_thread(std::string_view stat);

}  // namespace konseki
