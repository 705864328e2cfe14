#include "collectors/linux/ebpf/bpf_schemas.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kProgram = std::to_array<FieldSpec>({
    {"id", FieldType::kUint, "Program id"},
    {"type", FieldType::kText, "kprobe, tracepoint, xdp, cgroup_skb, ..."},
    {"name", FieldType::kText, "Name its author gave it; at most 15 bytes"},
    {"tag", FieldType::kText, "Digest of its instructions, hex"},
    {"uid", FieldType::kUint, "User who loaded it"},
    {"user", FieldType::kText, "Name of uid in the host's passwd"},
    {"loaded", FieldType::kTime, "When it was loaded", "BPF Program Loaded"},
    {"holders", FieldType::kTextList,
     "\"pid name\" of processes that have it, or a link to it, open; none: pinned, or attached to "
     "a "
     "cgroup, an interface or a filter"},
    {"links", FieldType::kTextList,
     "Kinds of the links that processes have open: perf, tracing, ..."},
    {"signs", FieldType::kTextList,
     "unlisted: a process has it open, but the kernel's list of programs lacks it"},
});

constexpr auto kPin = std::to_array<FieldSpec>({
    {"path", FieldType::kText, "Name in the BPF file system; which object it is cannot be read"},
    {"uid", FieldType::kUint, "Owner"},
    {"user", FieldType::kText, "Name of uid in the host's passwd"},
    {"mode", FieldType::kText, "Permissions, octal"},
    {"modified", FieldType::kTime, "When it was pinned", "BPF Object Pinned"},
});

}  // namespace

const RecordSchema kLinuxBpfProgramSchema{"linux.bpf_program", "A loaded eBPF program", kProgram};
const RecordSchema kLinuxBpfPinSchema{"linux.bpf_pin", "An eBPF object pinned to a name", kPin};

}  // namespace konseki
