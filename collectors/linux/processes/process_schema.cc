#include "collectors/linux/processes/process_schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"pid", FieldType::kUint, "Process id"},
    {"parent_pid", FieldType::kUint, "Parent's process id; 0 for none or one outside our view"},
    {"name", FieldType::kText, "Name the kernel keeps (comm); the process may set it at will"},
    {"exe", FieldType::kText, "Program file as the kernel names it, without \" (deleted)\""},
    {"exe_state", FieldType::kText,
     "present; deleted; replaced (deleted, another file has the name now: often an update); memfd "
     "(never was on a disk); none (kernel thread, zombie); unreadable"},
    {"exe_deleted", FieldType::kBool, "The program file has no name any more"},
    {"exe_memfd", FieldType::kBool, "The program was run from memory"},
    {"exe_copy", FieldType::kText, "Path of the copy in the bundle, for deleted programs"},
    {"command_line", FieldType::kTextList, "Arguments; the process may overwrite them"},
    {"working_directory", FieldType::kText, "Current directory"},
    {"root", FieldType::kText, "Root directory when it is not /"},
    {"state", FieldType::kText, "running, sleeping, disk_sleep, stopped, traced, zombie, idle"},
    {"started", FieldType::kTime, "Start, from boot time (whole seconds) and 10 ms ticks",
     "Process Started"},
    {"uid", FieldType::kUint, "Real user id"},
    {"user", FieldType::kText, "Name of uid in the host's passwd"},
    {"gid", FieldType::kUint, "Real group id"},
    {"effective_uid", FieldType::kUint, "Effective user id"},
    {"effective_gid", FieldType::kUint, "Effective group id"},
    {"login_uid", FieldType::kUint, "User who logged in (audit); absent when never set"},
    {"login_user", FieldType::kText, "Name of login_uid"},
    {"terminal", FieldType::kText, "Controlling terminal"},
    {"session", FieldType::kUint, "Session id: pid of its leader"},
    {"threads", FieldType::kUint, "Threads"},
    {"memory", FieldType::kUint, "Resident memory in bytes"},
    {"cpu_milliseconds", FieldType::kUint, "User and system time since the start"},
    {"kernel_thread", FieldType::kBool, "A thread of the kernel, by the kernel's own flag"},
    {"tracer_pid", FieldType::kUint, "Process that traces this one"},
    {"capabilities", FieldType::kText, "Effective capabilities, hex"},
    {"seccomp", FieldType::kText, "off, strict or filter"},
    {"no_new_privileges", FieldType::kBool, "Can gain no rights by execve"},
    {"cgroup", FieldType::kText, "Control group"},
    {"container_runtime", FieldType::kText, "Runtime as the control group's name tells"},
    {"container_id", FieldType::kText, "Container as the control group's name tells"},
    {"in_container", FieldType::kBool,
     "A guess: a container id is known, or pid and mount namespaces both differ from those of pid "
     "1"},
    {"namespace_pids", FieldType::kText, "Pid in each nested pid namespace, outermost first"},
    {"mount_namespace", FieldType::kUint, "Mount namespace"},
    {"pid_namespace", FieldType::kUint, "Pid namespace"},
    {"network_namespace", FieldType::kUint, "Network namespace"},
    {"user_namespace", FieldType::kUint, "User namespace"},
    {"uts_namespace", FieldType::kUint, "UTS namespace"},
    {"open_files", FieldType::kUint, "Open descriptors"},
    {"deleted_files", FieldType::kUint, "Open descriptors of files without a name, memfd excluded"},
    {"memory_files", FieldType::kUint, "Open descriptors of memfd files"},
    {"open_paths", FieldType::kTextList,
     "Descriptor and path of open files that have a name, devices and kernel files excluded; the "
     "first 64"},
    {"deleted_paths", FieldType::kTextList,
     "Descriptor and former path of open files without a name, and of memfd files; the first 64"},
    {"mapped_deleted", FieldType::kTextList,
     "Executable mappings of memfd files, and of deleted files whose name is not in use again, "
     "other "
     "than the program"},
    {"mapped_replaced", FieldType::kUint,
     "Executable mappings of deleted files whose name is in use again: often an update"},
    {"mapped_temporary", FieldType::kTextList,
     "Executable mappings of files in places anyone may write to"},
    {"writable_code", FieldType::kUint,
     "Mappings that are writable and executable at once; just-in-time compilers have some"},
    {"ld_preload", FieldType::kText, "LD_PRELOAD of the environment at its start"},
    {"ld_audit", FieldType::kText, "LD_AUDIT of the environment at its start"},
    {"environment", FieldType::kTextList, "Environment at its start; only when asked for"},
    {"hidden", FieldType::kBool, "The listing of /proc leaves it out, though it is there"},
    {"overmounted", FieldType::kBool, "Something is mounted over its directory in /proc"},
    {"own", FieldType::kBool, "The process that took these records"},
    {"signs", FieldType::kTextList, "What deserves a look; README.md explains each word"},
});

}  // namespace

const RecordSchema kLinuxProcessSchema{"linux.process", "A running process", kFields};

}  // namespace konseki
