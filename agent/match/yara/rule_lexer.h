// RuleLexer: the words of a YARA rule file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace konseki::yara {

struct Token {
  enum class Kind {
    kEnd,
    kWord,        // identifier or keyword
    kVariable,    // $a, #a, @a, !a, with its mark
    kNumber,      // as written: "0x5A4D", "300KB", "1.5"
    kText,        // "..." with its quotes
    kExpression,  // /.../flags
    kSymbol,      // "==", "(", "{", ...
    kBad,         // unterminated; the rest of the file cannot be told
  };
  Kind kind = Kind::kEnd;
  std::string_view text;
  std::size_t begin = 0;   // byte in the file
  std::uint32_t line = 1;  // where it begins

  bool is(std::string_view word) const {
    return (kind == Kind::kSymbol || kind == Kind::kWord) && text == word;
  }
  std::size_t end() const { return begin + text.size(); }
};

// Reads tokens one by one; comments and white space are passed over. Division is '\' in YARA, so
// '/' always opens a comment or a regular expression, and words can be told without a parser.
class RuleLexer {
 public:
  explicit RuleLexer(std::string_view text) : text_(text) {}

  Token next();
  // After '{' of a hex string: passes over everything to its '}' and answers its inside; a kBad
  // token when there is none.
  Token hex_string();

 private:
  bool skip_space();  // false: a comment does not end
  Token take(Token::Kind kind, std::size_t length);
  std::size_t quoted_length(char quote) const;  // npos when it does not end in its line
  std::size_t comment_length() const;           // 0: no comment here; npos: it does not end

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace konseki::yara
