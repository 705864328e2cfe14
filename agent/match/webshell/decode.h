// Decoders that scripts hide code with. Pure; every output is bounded by `limit` bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace konseki::webshell {

// As PHP reads base64: other characters are skipped, padding may be missing.
std::string decode_base64(std::string_view text);
std::optional<std::string> decode_hex(std::string_view text);
std::string decode_url(std::string_view text, bool plus_is_blank);
std::string decode_rot13(std::string_view text);
std::optional<std::string> decode_uu(std::string_view text);
std::string decode_entities(std::string_view text);  // &#101; &#x65; and the five names

enum class Deflate { kRaw, kZlib, kGzip };
// What could be inflated before damage or the limit; nothing when that is nothing.
std::optional<std::string> inflate(std::string_view data, Deflate form, std::size_t limit);

// True for a text that looks like base64, hex or percent-encoding of something long, or is mostly
// unprintable.
bool looks_encoded(std::string_view text);

// Share of bytes that a text of a program has; 0 to 100.
int printable_share(std::string_view text);

}  // namespace konseki::webshell
