// Names between UTF-8, as the program has them, and UTF-16, as Windows takes them.
#pragma once

#include <string>
#include <string_view>

namespace konseki {

// What is not UTF-8 becomes U+FFFD.
std::wstring wide(std::string_view utf8);
// Windows lets unpaired surrogates into names: they come out as three bytes each (WTF-8), and
// wide() takes them back.
std::string narrow(std::wstring_view text);

// A path for CreateFileW and its kin: absolute, with "\\?\" in front so that it may be long and
// that names such as "CON" or "a." are names. "\\.\" and "\\?\" paths stay as they are. "" when
// Windows does not take it for a path.
std::wstring long_path(std::string_view utf8);

// The inverse for showing: without "\\?\", with '/' between the parts.
std::string shown_path(std::wstring_view path);

}  // namespace konseki
