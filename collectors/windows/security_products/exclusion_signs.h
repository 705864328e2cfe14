// Which exclusions of a virus scanner deserve a look first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace konseki::windows {

// `kind` as in windows.security_exclusion. Stable words, sorted; the schema explains them.
std::vector<std::string> exclusion_signs(std::string_view kind, std::string_view value);

}  // namespace konseki::windows
