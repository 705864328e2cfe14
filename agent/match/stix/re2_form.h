// Regular expressions of PCRE that RE2 can run with the same meaning.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace konseki::stix {

// `pattern`, as RE2 must be given it to find the same texts as PCRE with DOTALL, UTF and UCP would;
// nothing where the two could differ or only PCRE knows the construct. `unicode` false: bytes.
std::optional<std::string> re2_form(std::string_view pattern, bool unicode);

}  // namespace konseki::stix
