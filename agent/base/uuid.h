// UUIDs made of names (RFC 9562, version 5): the same name gives the same UUID everywhere.
#pragma once

#include <string>
#include <string_view>

namespace konseki {

// `space` is a UUID as text; the answer is one in lower case. An ill-formed `space` counts as the
// nil UUID.
std::string uuid_of_name(std::string_view space, std::string_view name);

// The same bits dressed as version 4, for what must carry a version 4 UUID and has to be
// reproducible all the same.
std::string uuid4_of_name(std::string_view space, std::string_view name);

// Whether `text` is a UUID of RFC 9562 with hyphens, of version 1 to 5 and the usual variant.
bool is_uuid(std::string_view text);

}  // namespace konseki
