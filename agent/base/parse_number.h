// Numbers as text: whole texts only, no locale, no allocation.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace konseki {

// The whole text as a number, nothing before or after; absent when it is none or too large.
template <class T>
std::optional<T> parse_number(std::string_view text, int base = 10) {
  T value{};
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value, base);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

}  // namespace konseki
