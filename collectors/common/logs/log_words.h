// Words of a line of a text log.
#pragma once

#include <algorithm>
#include <string_view>

namespace konseki {

// The next run of characters other than spaces, taken off the front of `rest` with one space behind
// it; "" at the end.
inline std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

}  // namespace konseki
