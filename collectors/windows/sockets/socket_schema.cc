#include "collectors/windows/sockets/socket_schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"protocol", FieldType::kText, "tcp, tcp6, udp, udp6"},
    {"state", FieldType::kText, "LISTEN, ESTABLISHED, ...; UNCONN for UDP"},
    {"local_address", FieldType::kText, "Address; IPv4 mapped into IPv6 is written as IPv4"},
    {"local_port", FieldType::kUint, "Port"},
    {"remote_address", FieldType::kText, "Peer, absent without one"},
    {"remote_port", FieldType::kUint, "Peer's port"},
    {"pid", FieldType::kUint, "The process that made it; absent when it is closed (TIME_WAIT)"},
    {"process", FieldType::kText, "Name of that process"},
    {"module", FieldType::kText, "Service (in a shared process) or module that made it"},
    {"created", FieldType::kTime, "When it was made", "Socket Created"},
    {"signs", FieldType::kTextList,
     "no_owner: made by a process that is in no listing (hidden, or ended and its handle kept by "
     "another); command_interpreter: held by a program that runs commands and talks to an address "
     "outside this host"},
});

}  // namespace

const RecordSchema kWindowsSocketSchema{"windows.socket", "An open socket and who holds it",
                                        kFields};

}  // namespace konseki
