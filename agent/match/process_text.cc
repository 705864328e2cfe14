#include "agent/match/process_text.h"

#include <fmt/format.h>

#include "agent/base/unicode.h"

namespace konseki {

Bilingual process_text(const RunningProcess& process) {
  const std::string program = to_well_formed(process.image.empty() ? process.name : process.image);
  return {fmt::format("process {} ({})", process.pid, program),
          fmt::format("プロセス {} ({})", process.pid, program)};
}

Bilingual place_in_memory(const MatchProcess& process, std::uint64_t address) {
  for (const MemoryBlock& block : process.blocks) {
    const MemoryRegion& region = *block.region;
    if (address < region.base || address - region.base >= region.size) continue;
    const std::string file = to_well_formed(region.file);
    return {fmt::format("{:#x} ({}, {}, region at {:#x})", address,
                        file.empty() ? "anonymous" : file, region.access, region.base),
            fmt::format("{:#x} ({}、{}、領域の先頭 {:#x})", address, file.empty() ? "無名" : file,
                        region.access, region.base)};
  }
  return {fmt::format("{:#x}", address), fmt::format("{:#x}", address)};
}

}  // namespace konseki
