#include "collectors/linux/procfs/user_names.h"

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {

UserNames::UserNames(std::span<const HostUser> users) {
  for (const HostUser& user : users) {
    if (const auto id = parse_number<std::uint32_t>(user.id)) names_.emplace(*id, user.name);
  }
}

std::string UserNames::name(std::uint32_t id) const {
  const auto found = names_.find(id);
  return found == names_.end() ? std::string() : found->second;
}

}  // namespace konseki::procfs
