// What a Linux system says of itself in its files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/artifact/host_reader.h"
#include "konseki/host.h"

namespace konseki {

// True when the volume looks like the root of a Linux system.
bool is_linux_root(HostReader& reader);

// Fills host id, name, os, time zone and users from passwd(5), os-release(5), machine-id(5),
// hostname(5) and localtime(5).
HostFacts read_linux_facts(HostReader& reader);

// Path patterns of home folders. Accounts of the system have homes such as "/" or "/usr/sbin":
// worth a look for single files, too wide for patterns that go deep.
struct LinuxHomes {
  std::vector<std::string> homes;
  std::vector<std::string> system_homes;
};
LinuxHomes linux_homes(const std::vector<HostUser>& users);

// The value of NAME=value in a file of shell assignments, quotes and escapes removed, or "".
std::string shell_assignment(std::string_view text, std::string_view name);

}  // namespace konseki
