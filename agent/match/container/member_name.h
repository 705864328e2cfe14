// Names of archive members, which come in the encoding of the machine that packed them.
#pragma once

#include <string>
#include <string_view>

namespace konseki {

// `raw` in UTF-8: as it is when it is well-formed, else from code page 932 when it is that, else
// with ill-formed bytes as %XX. Backslashes of Windows packers become '/', but not those that are
// second bytes of characters.
std::string member_name(std::string_view raw);

}  // namespace konseki
