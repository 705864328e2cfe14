// Functions that programs import by number, by the name that everybody knows them by.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace konseki {

// `library` in lower case with its ending. "ord7" where the number stands for itself.
std::string pe_ordinal_name(std::string_view library, std::uint16_t ordinal);

}  // namespace konseki
