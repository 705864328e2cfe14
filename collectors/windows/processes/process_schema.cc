#include "collectors/windows/processes/process_schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"pid", FieldType::kUint, "Process id"},
    {"parent_pid", FieldType::kUint, "Id of the process that started it, as Windows kept it"},
    {"parent", FieldType::kText, "Name of that process; absent when it has ended"},
    {"name", FieldType::kText, "File name that the kernel keeps"},
    {"exe", FieldType::kText, "Program file as a display path"},
    {"exe_state", FieldType::kText,
     "present; deleted; none (a process of the kernel); unreadable (not told, or its folder is "
     "closed to us)"},
    {"exe_deleted", FieldType::kBool, "No file of that name is there now"},
    {"command_line", FieldType::kText, "Command line; the process may overwrite it"},
    {"working_directory", FieldType::kText, "Current directory at its start or as changed since"},
    {"started", FieldType::kTime, "Start", "Process Started"},
    {"user_sid", FieldType::kText, "SID of the account it runs as"},
    {"user", FieldType::kText,
     "Name of user_sid: well-known, logged on, or with a profile; others are not looked up"},
    {"integrity", FieldType::kText, "untrusted, low, medium, medium_plus, high, system, protected"},
    {"elevated", FieldType::kBool, "Runs with an administrator's full rights"},
    {"session", FieldType::kUint, "Terminal session; 0 holds the services"},
    {"protection", FieldType::kText,
     "Protected process: \"protected\" or \"light\" and the signer it takes; absent when not "
     "protected"},
    {"is_32_bit", FieldType::kBool, "32-bit program on 64-bit Windows"},
    {"threads", FieldType::kUint, "Threads"},
    {"memory", FieldType::kUint, "Working set in bytes"},
    {"cpu_milliseconds", FieldType::kUint, "User and kernel time since the start"},
    {"mapped_image", FieldType::kText,
     "File mapped where the program should be, when it is another one"},
    {"modules", FieldType::kTextList, "Loaded modules as display paths, in load order"},
    {"modules_temporary", FieldType::kTextList, "Of those, the ones in temporary places"},
    {"own", FieldType::kBool, "The process that took these records"},
    {"signs", FieldType::kTextList, "What deserves a look; README.md explains each word"},
});

}  // namespace

const RecordSchema kWindowsProcessSchema{"windows.process", "A running process", kFields};

}  // namespace konseki
