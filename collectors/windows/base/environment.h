// The environment variables of a Windows system at rest, as far as its folders tell them.
#pragma once

#include <string>
#include <string_view>

#include "konseki/file_system.h"
#include "konseki/host.h"

namespace konseki::windows {

// Display paths, '/' separated, without a slash at the end. `user_home` is empty for commands
// that no single user runs.
struct Environment {
  std::string system_drive = "C:";
  std::string system_root = "C:/Windows";
  std::string user_home;
};

// What the host facts say; for what they leave open, the volume that the file came from.
Environment make_environment(const HostFacts& host, const VolumeInfo& volume,
                             std::string_view user_home = {});

// `text` with every %NAME% that is known replaced (by a '/' path); others stay as they are.
std::string expand_variables(std::string_view text, const Environment& environment);

}  // namespace konseki::windows
