// Tokens: the common shape into which every language's lexer brings its code.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace konseki::webshell {

enum class TokenKind : std::uint8_t {
  kName,      // identifier or keyword; lower case
  kVariable,  // $name, @name, %name: the name alone, as written
  kText,      // string literal, its escapes resolved
  kNumber,
  kSign,   // operator or bracket
  kBreak,  // end of a statement by line end
};

// An operator of up to three characters as one number.
constexpr std::uint32_t sign(const char* text) {
  std::uint32_t code = 0;
  for (int i = 0; text[i] != 0 && i < 3; ++i) {
    code |= static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) << (8 * i);
  }
  return code;
}

// An operator where one is asked for, packed when it is compiled.
struct Sign {
  std::uint32_t code;
  consteval Sign(const char* text) : code(sign(text)) {}  // NOLINT(google-explicit-constructor)
};

struct Token {
  TokenKind kind = TokenKind::kBreak;
  bool escaped = false;      // text that was written with numeric escapes ("\x65")
  std::uint32_t sign = 0;    // of kSign
  std::uint32_t offset = 0;  // in the code of its layer
  std::uint32_t match = 0;   // index of the bracket that closes this one; 0 when there is none
  std::string_view text;     // views the code or the arena

  bool is(Sign op) const { return kind == TokenKind::kSign && sign == op.code; }
  bool name(std::string_view word) const { return kind == TokenKind::kName && text == word; }
};

// "=" and the operators that end in it, but for comparisons.
inline bool is_assignment(const Token& token) {
  if (token.kind != TokenKind::kSign) return false;
  switch (token.sign) {
    case sign("="):
    case sign(".="):
    case sign("+="):
    case sign("-="):
    case sign("*="):
    case sign("/="):
    case sign("%="):
    case sign("^="):
    case sign("|="):
    case sign("&="):
    case sign("?\?="):
    case sign("<<="):
    case sign(">>="):
    case sign("**="):
      return true;
    default:
      return false;
  }
}

using Tokens = std::vector<Token>;

}  // namespace konseki::webshell
