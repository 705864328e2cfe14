// Which processes keep which eBPF programs, by /proc/PID/fdinfo.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "collectors/linux/procfs/gap_tally.h"
#include "konseki/file_system.h"

namespace konseki::ebpf {

// What fdinfo says of a program or of a link to one.
struct BpfDescriptor {
  std::uint64_t program = 0;
  std::string type;  // number as the kernel writes it, or a link's kind
  std::string tag;
  std::string link;  // empty for the program itself
};

// Absent when the text names no program.
std::optional<BpfDescriptor> parse_bpf_descriptor(std::string_view fdinfo);

struct BpfHolding {
  std::set<std::string> holders;  // "pid name"
  std::set<std::string> links;
  std::string tag;
};

// By program id. Bounded by the programs the kernel can hold and 4096 holders each.
std::map<std::uint64_t, BpfHolding> read_bpf_holders(FileSystem& kernel, procfs::GapTally& gaps);

}  // namespace konseki::ebpf
