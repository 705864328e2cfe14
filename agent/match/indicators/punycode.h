// Internationalised host names in the form that DNS carries (RFC 3492, RFC 5890).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace konseki {

// `host` in lower case with every label that is not ASCII as "xn--...", width and case folded and
// ideographic full stops as dots. Nothing when it is no well-formed UTF-8 or a label gets longer
// than 63 bytes. Pure.
std::optional<std::string> to_ascii_host(std::string_view host);

}  // namespace konseki
