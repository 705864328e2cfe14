#include "collectors/linux/containers/container_schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"runtime", FieldType::kText, "docker, containerd, cri-o, podman, lxc, nspawn, unknown"},
    {"id", FieldType::kText, "The runtime's id, or the name for LXC and nspawn"},
    {"name", FieldType::kText, "Name given to it"},
    {"image", FieldType::kText, "Image that it was made from"},
    {"running", FieldType::kBool, "Processes run in it"},
    {"created", FieldType::kTime, "When it was made", "Container Created"},
    {"started", FieldType::kTime, "Last start", "Container Started"},
    {"command", FieldType::kTextList, "What runs in it"},
    {"pid", FieldType::kUint, "Its first process as the runtime says, else the lowest seen"},
    {"processes", FieldType::kUint, "Processes whose control group names it"},
    {"pids", FieldType::kTextList, "Those processes; at most 256"},
    {"pod", FieldType::kText, "Kubernetes pod: uid, or namespace/name where known"},
    {"privileged", FieldType::kBool, "Runs with all rights on the host"},
    {"host_pid", FieldType::kBool, "Sees the host's processes"},
    {"host_network", FieldType::kBool, "Uses the host's network"},
    {"host_mounts", FieldType::kTextList, "\"source:target\" of host folders inside; at most 256"},
    {"capabilities_added", FieldType::kTextList, "Capabilities beyond the usual ones"},
    {"root", FieldType::kText, "Its root directory on the host, where told"},
    {"sources", FieldType::kTextList, "Files and control groups that tell of it"},
});

}  // namespace

const RecordSchema kLinuxContainerSchema{"linux.container", "A container", kFields};

}  // namespace konseki
