// The KEY=value files that systemd keeps in /run about sessions, users and machines. Their form is
// private to systemd, but has kept for ten years.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace konseki::procfs {

// The first of a key wins. Values are unquoted.
std::map<std::string, std::string> parse_state_file(std::string_view text);

}  // namespace konseki::procfs
