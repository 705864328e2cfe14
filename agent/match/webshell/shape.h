// Shape: how a script looks, whatever it does: words of the trade, and the marks of obfuscation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/webshell/script_language.h"

namespace konseki::webshell {

// What a script's appearance says. Counts are of the first part of its code.
struct Shape {
  std::uint32_t escapes = 0;       // "\x65" and the like
  std::size_t picked_letters = 0;  // $text[12].$text[3] and the like
  bool dense = false;              // written in escapes throughout
  bool spelled = false;            // names are put together letter by letter

  // Only where they were asked for, or the code is dense or spelled.
  std::uint32_t characters = 0;     // calls of chr() and its kin
  std::size_t longest_encoded = 0;  // the longest run of base64 or hex letters
  std::uint32_t odd_names = 0;      // variables named for nobody: $O0O0, $__, bytes above 0x7f
  std::uint32_t names = 0;          // variables in all
  int strange_share = 0;            // percent of bytes that are neither letters, digits nor blanks
  int high_share = 0;               // percent of bytes above 0x7f

  // Only where they were asked for; the tool's mark in the first lines is always looked for.
  std::vector<std::string_view> words;  // words of the trade, each once
  std::string_view tool;                // a web administration tool by its own name
  bool tool_at_top = false;             // which it gives in its first lines
};

// What is wanted of a script beside what is cheap: most scripts of a site do nothing of interest.
struct ShapeWish {
  bool looks = false;
  bool words = false;
};

// `content` is the whole file, `code` its first part, in `language`.
Shape shape_of(std::string_view content, std::string_view code, ScriptLanguage language,
               const ShapeWish& wish);

}  // namespace konseki::webshell
