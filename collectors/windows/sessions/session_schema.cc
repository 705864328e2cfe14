#include "collectors/windows/sessions/session_schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"kind", FieldType::kText,
     "terminal: a screen, here or remote; logon: a logon session of the security authority; share: "
     "another machine on our file shares"},
    {"id", FieldType::kText, "Session number; logon: the LUID in hex, as event logs have it"},
    {"user", FieldType::kText, "Who"},
    {"user_sid", FieldType::kText, "logon: SID"},
    {"terminal", FieldType::kText, "terminal: Console, RDP-Tcp#3"},
    {"session", FieldType::kUint, "logon: the terminal session it belongs to"},
    {"remote_host", FieldType::kText, "Where from, as the client told it: name or address"},
    {"remote_address", FieldType::kText, "terminal: the client's address, as the client told it"},
    {"remote", FieldType::kBool, "Logged on over the network"},
    {"type", FieldType::kText,
     "logon: system, interactive, network, batch, service, unlock, network_cleartext, "
     "new_credentials, remote_interactive, cached_interactive, ..."},
    {"service", FieldType::kText, "logon: authentication package: Kerberos, NTLM, ..."},
    {"server", FieldType::kText, "logon: server that vouched for it"},
    {"state", FieldType::kText, "terminal: active, connected, disconnected, listening, ..."},
    {"started", FieldType::kTime, "Logon", "Session Started"},
    {"last_input", FieldType::kTime, "Last key or mouse input", "Terminal Last Input"},
    {"seconds_active", FieldType::kUint, "share: since it began"},
    {"seconds_idle", FieldType::kUint, "share: since its last use"},
});

}  // namespace

const RecordSchema kWindowsSessionSchema{"windows.session", "Somebody who is logged on", kFields};

}  // namespace konseki
