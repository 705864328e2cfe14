#include "collectors/windows/srum/schema.h"

#include <array>

namespace konseki::windows {
namespace {

constexpr auto kNetwork = std::to_array<FieldSpec>({
    {"time", FieldType::kTime, "When the sum was written, about once an hour",
     "SRUM Network Usage"},
    {"executable", FieldType::kText, "Program: its path, or its name where it is a service's"},
    {"application", FieldType::kText, "What SRUM calls it, where that is more than the program"},
    {"user_sid", FieldType::kText, "Account that it ran as"},
    {"bytes_sent", FieldType::kUint, "Bytes sent since the sum before"},
    {"bytes_received", FieldType::kUint, "Bytes received since the sum before"},
    {"interface_type", FieldType::kUint,
     "Kind of the interface (IANA ifType: 6 Ethernet, 71 Wi-Fi)"},
    {"profile", FieldType::kUint, "Number of the network's profile; 0: none"},
    {"id", FieldType::kInt, "Number of the row"},
});

constexpr auto kApplication = std::to_array<FieldSpec>({
    {"time", FieldType::kTime, "When the sum was written, about once an hour",
     "SRUM Application Usage"},
    {"executable", FieldType::kText, "Program: its path, or its name where it is a service's"},
    {"application", FieldType::kText, "What SRUM calls it, where that is more than the program"},
    {"user_sid", FieldType::kText, "Account that it ran as"},
    {"foreground_cycles", FieldType::kUint, "Cycles of processors, its window in front"},
    {"background_cycles", FieldType::kUint, "Cycles of processors, in the background"},
    {"bytes_read", FieldType::kUint, "Bytes read from disks"},
    {"bytes_written", FieldType::kUint, "Bytes written to disks"},
    {"id", FieldType::kInt, "Number of the row"},
});

constexpr auto kDatabase = std::to_array<FieldSpec>({
    {"first", FieldType::kTime, "Earliest sum", "First SRUM Entry"},
    {"last", FieldType::kTime, "Latest sum", "Last SRUM Entry"},
    {"network", FieldType::kUint, "Sums of network usage that were read"},
    {"applications", FieldType::kUint, "Sums of application usage that were read"},
    {"dirty", FieldType::kBool,
     "Not closed cleanly, as on a running host: the newest sums may lie in logs (SRU*.log) that "
     "are "
     "not read"},
});

}  // namespace

const RecordSchema kSrumNetworkSchema{
    "windows.srum_network", "What programs sent and received, by the hour (SRUM)", kNetwork};
const RecordSchema kSrumApplicationSchema{"windows.srum_application",
                                          "What programs used, by the hour (SRUM)", kApplication};
const RecordSchema kSrumSchema{"windows.srum", "Which period the SRUM database covers", kDatabase};

}  // namespace konseki::windows
