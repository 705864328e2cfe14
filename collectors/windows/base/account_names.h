// AccountNames: SIDs to names without asking anybody.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "konseki/host.h"
#include "konseki/windows_state.h"

namespace konseki::windows {

// From the well-known SIDs (their English names, whatever the system's language), the accounts that
// are logged on, and the profiles on the disk. The system's own look-up would ask domain
// controllers over the network.
class AccountNames {
 public:
  AccountNames() = default;
  explicit AccountNames(const std::vector<HostUser>& users);

  void add(const std::vector<WindowsLogon>& logons);
  // Empty when it is not known.
  std::string name(const std::string& sid) const;

 private:
  std::map<std::string, std::string> names_;
};

}  // namespace konseki::windows
