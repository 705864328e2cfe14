#include "collectors/linux/utmp/schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kUtmpFields = std::to_array<FieldSpec>({
    {"file", FieldType::kText, "utmp (now), wtmp (history) or btmp (failed log-ins)"},
    {"time", FieldType::kTime, "When it was written", "Event Recorded"},
    {"type", FieldType::kText, "user_process (log-in), dead_process (log-out), boot_time, ..."},
    {"type_number", FieldType::kUint, "The same as ut_type"},
    {"user", FieldType::kText, "Login name; btmp: what was typed"},
    {"line", FieldType::kText, "Terminal"},
    {"id", FieldType::kText, "Terminal suffix or inittab id"},
    {"host", FieldType::kText, "Remote host, or kernel version"},
    {"address", FieldType::kText, "Remote address"},
    {"pid", FieldType::kUint, "Process id"},
    {"session", FieldType::kUint, "Session id"},
    {"termination", FieldType::kInt, "Signal that ended the process"},
    {"exit_status", FieldType::kInt, "Exit status of the process"},
    {"index", FieldType::kUint, "Number of the record in the file, from 0"},
    {"remarks", FieldType::kTextList, "Signs of tampering: zeroed record, time runs backwards"},
});

constexpr auto kLastlogFields = std::to_array<FieldSpec>({
    {"uid", FieldType::kUint, "User id: the place of the record in the file"},
    {"user", FieldType::kText, "Name of that account on this host"},
    {"time", FieldType::kTime, "Last log-in", "Last Login Time"},
    {"line", FieldType::kText, "Terminal"},
    {"host", FieldType::kText, "Remote host"},
});

}  // namespace

const RecordSchema kLinuxUtmpSchema{"linux.utmp", "Log-ins, log-outs, failed log-ins and boots",
                                    kUtmpFields};
const RecordSchema kLinuxLastlogSchema{"linux.lastlog", "Last log-in of every account",
                                       kLastlogFields};

}  // namespace konseki
