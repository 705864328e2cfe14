// Where Linux keeps what starts by itself, beside cron, systemd and SSH keys.
#pragma once

#include <optional>
#include <string_view>

namespace konseki {

// How a file says what runs.
enum class StartupForm {
  kScript,     // the file itself runs, or is read by a shell
  kPreload,    // ld.so.preload: libraries
  kModules,    // kernel modules, one a line
  kModprobe,   // modprobe.d: install and remove commands
  kUdev,       // rules with RUN and PROGRAM
  kDesktop,    // desktop entries: Exec=
  kDbus,       // D-Bus activation: Exec=
  kInittab,    // id:levels:action:command
  kPam,        // pam_exec.so
  kAptConf,    // Pre-Invoke, Post-Invoke, ...
  kGitConfig,  // settings that name a command
  kGrub,       // kernel command line: init=
  kSshd,       // AuthorizedKeysCommand, ForceCommand
};

struct StartupPlace {
  StartupForm form = StartupForm::kScript;
  std::string_view mechanism;  // "linux.shell_profile"
  std::string_view technique;  // "T1546.004"
  std::string_view trigger;    // "logon", "boot", ...
  std::string_view home;       // of the account whose file it is; empty: the system's
};

// `path` is absolute, of the evidence's own system.
std::optional<StartupPlace> startup_place(std::string_view path);

}  // namespace konseki
