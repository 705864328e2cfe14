// Small text helpers for the line formats of /proc and /sys. No allocation, no locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::procfs {

// Without blanks and newlines at both ends.
std::string_view trim(std::string_view text);

// The next run of characters other than blanks, taken off the front of `rest`; "" at the end.
std::string_view next_field(std::string_view& rest);

// The text before the first `separator`, taken off the front of `rest` with the separator.
std::string_view next_part(std::string_view& rest, char separator);

// "12.34", with or without the fraction.
std::optional<double> parse_decimal(std::string_view text);

// NUL-terminated strings one after another (cmdline, environ). A missing last NUL is no matter.
std::vector<std::string> split_nul(std::string_view text);

// Undoes the kernel's \ooo escapes (mountinfo, maps).
std::string unescape_octal(std::string_view text);

// A value of a shell-like "KEY=value" file, without the quotes around it.
std::string_view unquote(std::string_view text);

}  // namespace konseki::procfs
