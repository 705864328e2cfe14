#include "collectors/linux/sessions/session_schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"kind", FieldType::kText,
     "logind: a login session; user: a user's own service manager; terminal: a terminal with "
     "processes, whether or not logind or utmp knows of it"},
    {"id", FieldType::kText, "logind: session number"},
    {"user", FieldType::kText, "Who"},
    {"uid", FieldType::kUint, "User id"},
    {"terminal", FieldType::kText, "pts/3, tty1"},
    {"remote_host", FieldType::kText, "Where from, as the login service told it"},
    {"remote_user", FieldType::kText, "User at the other end, where told"},
    {"remote", FieldType::kBool, "Logged in over the network"},
    {"type", FieldType::kText, "tty, x11, wayland, unspecified"},
    {"class", FieldType::kText, "user, greeter, manager, background"},
    {"service", FieldType::kText, "PAM service: sshd, login, su, cron"},
    {"state", FieldType::kText, "online, active, closing, lingering"},
    {"leader_pid", FieldType::kUint, "First process of the session"},
    {"leader", FieldType::kText, "Its name"},
    {"started", FieldType::kTime, "Login, or start of the first process", "Session Started"},
    {"last_input", FieldType::kTime, "Last key pressed on the terminal, to 8 seconds",
     "Terminal Last Input"},
    {"last_output", FieldType::kTime, "Last output on the terminal, to 8 seconds"},
    {"processes", FieldType::kUint, "Processes on the terminal"},
});

}  // namespace

const RecordSchema kLinuxSessionSchema{"linux.session", "A login session or terminal in use",
                                       kFields};

}  // namespace konseki
