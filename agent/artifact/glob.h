// Wild cards inside one path segment: '*', '?', '[a-z]', '[!a-z]', as fnmatch(3) without escapes.
#pragma once

#include <string>
#include <string_view>

namespace konseki {

// True when `text` holds a wild card, so that comparing bytes would not do. A '[' without its ']'
// stands for itself.
bool has_glob(std::string_view text);

// True when all of `name` matches. '*' takes any run of characters, a leading dot included; '?'
// and a set take one code point (or one ill-formed byte). Case-exact: callers fold both sides.
// Time is bounded by the product of the lengths.
bool glob_matches(std::string_view glob, std::string_view name);

// A glob that matches exactly `text`.
std::string escape_glob(std::string_view text);

}  // namespace konseki
