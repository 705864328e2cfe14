// Text of evidence: UTF-8, WTF-8 and UTF-16, well formed or not. No locale, no iconv.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace konseki {

// Length of the well-formed UTF-8 sequence at the start of `text`, or 0 when there is none
// (overlong forms, surrogates and values past U+10FFFF are ill-formed). `text` is not empty.
std::size_t utf8_sequence_length(std::string_view text);

bool is_well_formed_utf8(std::string_view text);

// Appends the character at the start of `text`, or, where it is ill-formed, its substitute: a
// lone surrogate of WTF-8 as %uD800, any other byte as %FF. Answers how many bytes it consumed.
std::size_t append_well_formed(std::string& out, std::string_view text);

// The whole of `text` with ill-formed bytes substituted as above.
std::string to_well_formed(std::string_view text);

// Appends one code point (surrogates included) in UTF-8 form, as WTF-8 does.
void append_code_point(std::string& out, std::uint32_t code_point);

// UTF-16LE to WTF-8: pairs are joined, lone surrogates kept. A trailing odd byte is dropped.
std::string utf16le_to_wtf8(std::span<const std::byte> bytes);

// Up to the first U+0000, or all of it.
std::string utf16le_to_wtf8_until_nul(std::span<const std::byte> bytes);

// Lower case for comparing names case-blind as Windows does: simple one-to-one folding of the
// Latin, Greek, Cyrillic, Armenian, full-width and other bicameral ranges. Other bytes pass.
std::string fold_case(std::string_view text);

// The code point at `at` (which is advanced past it); an ill-formed byte is answered as itself.
std::uint32_t next_code_point(std::string_view text, std::size_t& at);

}  // namespace konseki
