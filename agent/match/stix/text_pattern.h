// TextPattern: the right side of LIKE and MATCHES, compiled once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "konseki/result.h"

namespace konseki::stix {

// Immutable and safe to share between threads.
class TextPattern {
 public:
  virtual ~TextPattern() = default;

  // Whether `text` (UTF-8, normalised to NFC here) fits. kLimitExceeded where the work that one
  // text may cost is spent: then it is not known.
  virtual Result<bool> matches_text(std::string_view text) const = 0;
  // The same for the bytes of a _bin or _hex property, without normalisation and Unicode.
  virtual Result<bool> matches_bytes(std::string_view bytes) const = 0;
};

// LIKE: % is any run of characters, _ one character, all of the text must fit.
Result<std::shared_ptr<const TextPattern>> compile_like(std::string_view pattern);

// MATCHES: a PCRE expression found anywhere in the text, with DOTALL and Unicode properties. RE2
// runs what it can express with the same meaning; PCRE2 with limits the rest.
Result<std::shared_ptr<const TextPattern>> compile_matches(std::string_view pattern);

// Unicode normal form C; text that is not well formed first gets its bytes substituted.
std::string to_nfc(std::string_view text);

// UTF-8 to one byte a character; nothing where a character is above U+00FF.
std::optional<std::string> to_bytes(std::string_view text);

}  // namespace konseki::stix
