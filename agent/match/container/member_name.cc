#include "agent/match/container/member_name.h"

#include <algorithm>

#include "agent/base/cp932.h"
#include "agent/base/unicode.h"

namespace konseki {

std::string member_name(std::string_view raw) {
  std::string name;
  if (is_well_formed_utf8(raw)) {
    name = raw;
  } else if (is_cp932(raw)) {
    append_cp932(name, raw);
  } else {
    name = to_well_formed(raw);
  }
  // Decoded first: in code page 932 a backslash may be half of a character.
  std::replace(name.begin(), name.end(), '\\', '/');
  return name;
}

}  // namespace konseki
