#include "collectors/linux/kernel/kernel_schemas.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kModule = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "Module"},
    {"size", FieldType::kUint, "Bytes in memory"},
    {"references", FieldType::kUint, "How often it is in use"},
    {"used_by", FieldType::kTextList, "Modules that need it"},
    {"state", FieldType::kText, "live, loading, unloading"},
    {"version", FieldType::kText, "Version its author gave it"},
    {"source_version", FieldType::kText, "Digest of its sources (srcversion)"},
    {"taint", FieldType::kText,
     "Letters: P proprietary, O out of tree, E unsigned, F forced, C staging, K live patch"},
    {"out_of_tree", FieldType::kBool, "Not from the kernel's own sources"},
    {"unsigned", FieldType::kBool, "Without a valid signature, on kernels that check"},
    {"in_proc_modules", FieldType::kBool, "/proc/modules lists it"},
    {"in_sysfs", FieldType::kBool, "/sys/module shows it"},
    {"signs", FieldType::kTextList,
     "hidden_from_proc_modules, hidden_from_sysfs: one view has it, the other not; a rootkit "
     "unlinks "
     "itself from one and may forget the other"},
});

constexpr auto kSysctl = std::to_array<FieldSpec>({
    {"name", FieldType::kText,
     "Setting, as sysctl(8) names it; lockdown, module and kprobes state too"},
    {"value", FieldType::kText, "Value now, whatever the files say"},
    {"meaning", FieldType::kTextList, "kernel.tainted: reasons, one a set bit"},
});

}  // namespace

const RecordSchema kLinuxKernelModuleSchema{"linux.kernel_module", "A loaded kernel module",
                                            kModule};
const RecordSchema kLinuxSysctlSchema{"linux.sysctl",
                                      "A kernel setting that matters to an investigation", kSysctl};

}  // namespace konseki
