#include "collectors/linux/system/system_schemas.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kClock = std::to_array<FieldSpec>({
    {"now", FieldType::kTime, "The system clock when asked, UTC"},
    {"boot", FieldType::kTime, "When the system started", "System Booted"},
    {"time_zone", FieldType::kText, "IANA name"},
    {"utc_offset_seconds", FieldType::kInt, "Seconds east of UTC now"},
    {"synchronised", FieldType::kBool, "The kernel holds the clock for synchronised"},
    {"estimated_error_microseconds", FieldType::kInt, "The kernel's estimate"},
    {"hardware_clock", FieldType::kTime, "The battery-backed clock (rtc0), whole seconds"},
    {"hardware_clock_local", FieldType::kBool,
     "The hardware clock runs in local time, by /etc/adjtime"},
    {"service", FieldType::kText, "Time service that left traces"},
    {"last_synchronised", FieldType::kTime,
     "Last time the service set the clock or saved its state"},
    {"last_synchronised_evidence", FieldType::kText, "File whose modification says so"},
});

constexpr auto kSystem = std::to_array<FieldSpec>({
    {"kernel_release", FieldType::kText, "6.1.0-18-amd64"},
    {"kernel_version", FieldType::kText, "Banner of the running kernel"},
    {"command_line", FieldType::kText, "Kernel command line"},
    {"hostname", FieldType::kText, "Host name now"},
    {"domain", FieldType::kText, "NIS domain, where set"},
    {"boot_id", FieldType::kText, "Random number of this boot; journald uses it"},
    {"uptime_seconds", FieldType::kUint, "Since the start"},
    {"load_1", FieldType::kDouble, "Load average, 1 minute"},
    {"load_5", FieldType::kDouble, "Load average, 5 minutes"},
    {"load_15", FieldType::kDouble, "Load average, 15 minutes"},
    {"processors", FieldType::kUint, "Processors in use"},
    {"memory_total", FieldType::kUint, "Bytes"},
    {"memory_available", FieldType::kUint, "Bytes"},
    {"selinux", FieldType::kText, "enforcing, permissive, or absent"},
    {"selinux_configured", FieldType::kText, "SELINUX= of /etc/selinux/config"},
    {"apparmor", FieldType::kText, "enabled, disabled, or absent"},
    {"apparmor_enforced", FieldType::kUint, "Profiles in enforce mode"},
    {"apparmor_complaining", FieldType::kUint, "Profiles in complain mode"},
    {"security_modules", FieldType::kText, "Active security modules"},
    {"huge_pages", FieldType::kUint,
     "Reserved huge pages of all sizes, bytes; miners reserve them"},
    {"msr_module", FieldType::kBool, "The msr module is loaded"},
    {"msr_writes", FieldType::kText, "allow_writes of the msr module; miners switch it on"},
    {"vendor", FieldType::kText, "Maker of the machine, or of the virtual one"},
    {"product", FieldType::kText, "Model"},
    {"inside_container", FieldType::kText, "What says that the program itself runs in a container"},
    {"signs", FieldType::kTextList,
     "huge_pages_reserved, msr_writes_allowed, selinux_off_against_configuration"},
});

}  // namespace

const RecordSchema kLinuxClockSchema{"linux.clock", "The clock and what vouches for it", kClock};
const RecordSchema kLinuxSystemSchema{"linux.system", "State of the system as a whole", kSystem};

}  // namespace konseki
