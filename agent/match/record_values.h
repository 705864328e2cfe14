// Values of a record's fields, as matchers ask for them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "konseki/record.h"

namespace konseki {

// A text; empty for anything else.
std::string text_of(const Record& record, std::string_view field);

// A text, or a list of them as one line with spaces between; texts as they are.
std::string joined_text_of(const Record& record, std::string_view field);

// A number that is not negative; 0 for anything else.
std::uint64_t number_of(const Record& record, std::string_view field);

}  // namespace konseki
