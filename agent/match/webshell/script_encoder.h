// Microsoft's Script Encoder (VBScript.Encode, JScript.Encode): a substitution by three alphabets
// in a fixed order, between "#@~^" and "^#~@".
#pragma once

#include <string>
#include <string_view>

namespace konseki::webshell {

// The page with every encoded block replaced by its text. Blocks that are cut are read as far as
// they go; the checksum is not asked for.
std::string decode_encoded_scripts(std::string_view page);

}  // namespace konseki::webshell
