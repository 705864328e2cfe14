#include "collectors/linux/mounts/mount_schemas.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kMount = std::to_array<FieldSpec>({
    {"id", FieldType::kUint, "Mount id"},
    {"parent_id", FieldType::kUint, "Mount that it lies on"},
    {"point", FieldType::kText, "Where"},
    {"type", FieldType::kText, "File system"},
    {"device", FieldType::kText, "Device, server path or name"},
    {"device", FieldType::kText, "Device number major:minor"},
    {"root", FieldType::kText, "What of the file system shows here, when not all of it"},
    {"options", FieldType::kText, "Options of this mount"},
    {"super_options", FieldType::kText, "Options of the file system"},
    {"propagation", FieldType::kText, "shared:N, master:N; absent when private"},
    {"mount_namespace", FieldType::kText, "self: ours; init: that of process 1, where it differs"},
    {"signs", FieldType::kTextList,
     "covers_process: lies over a directory of /proc and so hides a process; hides_processes: "
     "/proc "
     "mounted with hidepid; covers_system: a memory file system or bind mount over a system folder "
     "or "
     "file"},
});

constexpr auto kSwap = std::to_array<FieldSpec>({
    {"path", FieldType::kText, "Device or file"},
    {"type", FieldType::kText, "partition or file"},
    {"size", FieldType::kUint, "Bytes"},
    {"used", FieldType::kUint, "Bytes in use"},
    {"priority", FieldType::kInt, "Larger is used first"},
});

}  // namespace

const RecordSchema kLinuxMountSchema{"linux.mount", "A mounted file system", kMount};
const RecordSchema kLinuxSwapSchema{"linux.swap", "A swap area", kSwap};

}  // namespace konseki
