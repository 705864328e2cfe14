#include "collectors/windows/service_states/service_schemas.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kService = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "Service or driver"},
    {"display_name", FieldType::kText, "Name shown to people, in the system's language"},
    {"type", FieldType::kText,
     "kernel_driver, file_system_driver, own_process, share_process, ... as in windows.service"},
    {"state", FieldType::kText,
     "stopped, start_pending, stop_pending, running, continue_pending, pause_pending, paused; "
     "unlisted: the manager does not tell of it"},
    {"pid", FieldType::kUint, "Process that carries it"},
    {"start", FieldType::kText, "boot, system, auto, demand or disabled"},
    {"account", FieldType::kText, "Account that it runs as"},
    {"image_path", FieldType::kText, "Command line, verbatim"},
    {"service_dll", FieldType::kText, "DLL that svchost loads, verbatim"},
    {"target", FieldType::kText, "Display path of the program, driver or DLL"},
    {"exit_code", FieldType::kUint, "Why it stopped; absent for 0 and for \"never started\""},
    {"signs", FieldType::kTextList, "What deserves a look; README.md explains each word"},
});

constexpr auto kDriver = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "File name"},
    {"path", FieldType::kText, "Display path of the file it was loaded from"},
    {"size", FieldType::kUint, "Bytes in memory"},
    {"order", FieldType::kUint, "Of loading"},
    {"signs", FieldType::kTextList,
     "driver_in_temporary_place; driver_in_user_writable_place; driver_outside_windows: not below "
     "the Windows or Program Files folders"},
});

}  // namespace

const RecordSchema kWindowsServiceStateSchema{"windows.service_state",
                                              "A service or driver as it is now", kService};
const RecordSchema kWindowsDriverSchema{"windows.driver", "A driver in the kernel's memory",
                                        kDriver};

}  // namespace konseki
