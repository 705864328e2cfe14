// Names of user ids, from what the evidence's own passwd says.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "konseki/host.h"

namespace konseki::procfs {

// Ids that no account has answer an empty name. The first account of an id wins, as in getpwuid.
class UserNames {
 public:
  UserNames() = default;
  explicit UserNames(std::span<const HostUser> users);

  std::string name(std::uint32_t id) const;

 private:
  std::map<std::uint32_t, std::string> names_;
};

}  // namespace konseki::procfs
