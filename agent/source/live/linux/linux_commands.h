// LinuxCommands: HostCommands by fork, execve and a process group.
#pragma once

#include <string>
#include <vector>

#include "konseki/host_commands.h"

namespace konseki {

class LinuxCommands : public HostCommands {
 public:
  // Folders that a program may be named in and, its links resolved, lie below. Tests give others.
  struct Trust {
    std::vector<std::string> named_in{"/usr/sbin", "/usr/bin", "/sbin", "/bin"};
    std::vector<std::string> below{"/usr", "/sbin", "/bin"};
    std::vector<std::string> never_below{"/usr/local"};
  };

  LinuxCommands() = default;
  explicit LinuxCommands(Trust trust) : trust_(std::move(trust)) {}

  Result<CommandOutcome> run(const HostCommand& command, std::stop_token stop) override;

  // The file that `name` means, absolute and without links; the errors are those of run().
  Result<std::string> resolve(const std::string& name) const;

 private:
  Trust trust_;
};

}  // namespace konseki
