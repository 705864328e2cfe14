// Words of a STIX pattern.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "konseki/result.h"

namespace konseki::stix {

struct Token {
  enum class Kind {
    kEnd,
    kKeyword,  // AND, LIKE, START, ... and true, false
    kName,     // letters, digits, _; hyphens only where `hyphens`
    kText,     // '...'
    kInstant,  // t'...'
    kBase64,   // b'...'
    kHex,      // h'...'
    kInteger,  // with sign
    kFloat,    // with sign
    kSymbol,   // [ ] ( ) . , : * = == != <> < <= > >=
  };
  Kind kind = Kind::kEnd;
  std::string_view written;  // as in the pattern
  std::string text;          // what quotes hold, escapes undone
  std::size_t offset = 0;    // bytes from the start of the pattern
  bool hyphens = false;
};

// Reads one word after another; white space (Unicode's) and comments stand between. The pattern
// must outlive it.
class PatternLexer {
 public:
  explicit PatternLexer(std::string_view pattern) : text_(pattern) {}

  Result<Token> next();

 private:
  Result<void> skip_blanks();
  Result<Token> quoted(Token token, std::size_t prefix);
  Token number();
  Token name();

  std::string_view text_;
  std::size_t at_ = 0;
};

// The error of a pattern: kInvalidArgument (or `code`), with line and column (counted in
// characters, from 1) of the byte `offset` as its detail.
Error pattern_error(std::string_view pattern, std::size_t offset, Bilingual what,
                    ErrorCode code = ErrorCode::kInvalidArgument);

}  // namespace konseki::stix
