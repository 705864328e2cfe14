#include "collectors/windows/system/system_schemas.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kClock = std::to_array<FieldSpec>({
    {"now", FieldType::kTime, "The system clock when asked, UTC"},
    {"boot", FieldType::kTime, "When the system started (with fast start-up: woke up)",
     "System Booted"},
    {"time_zone", FieldType::kText, "Windows' name of the zone, the same in every language"},
    {"utc_offset_seconds", FieldType::kInt, "Seconds east of UTC now"},
    {"hardware_clock_local", FieldType::kBool,
     "The hardware clock runs in local time (Windows' own habit) and not in UTC"},
    {"service", FieldType::kText, "Time service"},
    {"service_state", FieldType::kText, "running, stopped, ...; absent when it is not installed"},
    {"synchronises_with", FieldType::kText,
     "NTP: the servers of `servers`; NT5DS: the domain; AllSync: both; NoSync: nothing"},
    {"servers", FieldType::kText, "NTP servers with their flags, as configured"},
    {"last_synchronised", FieldType::kTime, "Last time that the service held the clock for right"},
    {"last_synchronised_evidence", FieldType::kText, "Registry value that says so"},
});

constexpr auto kSystem = std::to_array<FieldSpec>({
    {"hostname", FieldType::kText, "Computer name now"},
    {"domain", FieldType::kText, "DNS domain it belongs to"},
    {"product", FieldType::kText, "ProductName; still says Windows 10 on Windows 11"},
    {"version", FieldType::kText, "10.0.<build>.<revision>"},
    {"release", FieldType::kText, "22H2, ..."},
    {"installed", FieldType::kTime, "Installation, or the last upgrade", "OS Installed"},
    {"uptime_seconds", FieldType::kUint, "Since the start"},
    {"safe_mode", FieldType::kBool, "Started in safe mode"},
    {"processors", FieldType::kUint, "Processors"},
    {"memory_total", FieldType::kUint, "Bytes"},
    {"memory_available", FieldType::kUint, "Bytes"},
    {"uac", FieldType::kBool, "User account control (EnableLUA)"},
    {"remote_desktop", FieldType::kBool, "Connections are let in"},
    {"wdigest", FieldType::kBool, "Passwords are kept in memory in the clear (UseLogonCredential)"},
    {"lsa_protected", FieldType::kBool, "lsass.exe is a protected process (RunAsPPL)"},
    {"firewall_off", FieldType::kTextList,
     "Profiles with the firewall off: domain, private, "
     "public"},
    {"remote_uac_off", FieldType::kBool,
     "Local administrators have full rights over the network (LocalAccountTokenFilterPolicy)"},
    {"secure_boot", FieldType::kBool, "As the firmware told at the start"},
    {"vendor", FieldType::kText, "Maker of the machine, or of the virtual one"},
    {"model", FieldType::kText, "Model"},
    {"signs", FieldType::kTextList, "uac_off, wdigest_on, firewall_off, remote_uac_off, safe_mode"},
});

}  // namespace

const RecordSchema kWindowsClockSchema{"windows.clock", "The clock and what vouches for it",
                                       kClock};
const RecordSchema kWindowsSystemSchema{"windows.system", "State of the system as a whole",
                                        kSystem};

}  // namespace konseki
