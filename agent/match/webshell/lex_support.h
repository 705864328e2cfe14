// What the lexers share: character classes, the growing token list, operators.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/hex.h"
#include "agent/match/webshell/arena.h"
#include "agent/match/webshell/lexer.h"
#include "agent/match/webshell/token.h"

namespace konseki::webshell {

// Classes of bytes, as bits.
enum ByteClass : std::uint8_t {
  kDigitByte = 1 << 0,
  kAlphaByte = 1 << 1,
  kUpperByte = 1 << 2,
  kWordByte = 1 << 3,
  kBlankByte = 1 << 4,
};

constexpr std::array<std::uint8_t, 256> kByteClasses = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < 256; ++i) {
    const bool digit = i >= '0' && i <= '9';
    const bool upper = i >= 'A' && i <= 'Z';
    const bool alpha = upper || (i >= 'a' && i <= 'z');
    const bool blank = i == ' ' || i == '\t' || i == '\r' || i == '\n' || i == '\f';
    table[i] = static_cast<std::uint8_t>(
        (digit ? kDigitByte : 0) | (alpha ? kAlphaByte : 0) | (upper ? kUpperByte : 0) |
        (digit || alpha || i == '_' || i >= 0x80 ? kWordByte : 0) | (blank ? kBlankByte : 0));
  }
  return table;
}();

constexpr bool is_of(char c, unsigned int classes) {
  return (kByteClasses[static_cast<unsigned char>(c)] & classes) != 0;
}
inline bool is_digit(char c) { return is_of(c, kDigitByte); }
inline bool is_alpha(char c) { return is_of(c, kAlphaByte); }
// Bytes from 0x80 count as letters, as in PHP; names of invisible characters stay names.
inline bool is_word(char c) { return is_of(c, kWordByte); }
inline bool is_word_start(char c) { return is_word(c) && !is_digit(c); }
inline bool is_blank(char c) { return is_of(c, kBlankByte); }

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Appends `code_point` as UTF-8; what is none becomes '?'.
void append_utf8(std::string& out, std::uint32_t code_point);

// Reads the code from left to right and keeps the tokens.
class LexCursor {
 public:
  LexCursor(std::string_view code, Arena& arena, Tokens& out)
      : code_(code), arena_(arena), out_(out) {}

  bool done() const { return at_ >= code_.size() || out_.size() >= kMaxTokens; }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < code_.size() ? code_[at_ + ahead] : '\0';
  }
  bool starts(std::string_view text) const { return code_.substr(at_).starts_with(text); }

  void push(TokenKind kind, std::string_view text, std::size_t offset, bool escaped = false) {
    Token token;
    token.kind = kind;
    token.escaped = escaped;
    token.offset = static_cast<std::uint32_t>(offset);
    token.text = text;
    out_.push_back(token);
  }
  void push_sign(std::string_view op, std::size_t offset);
  // Takes the longest operator of the C family, PHP and Perl that stands here; one byte at least.
  void take_sign();
  void take_number();
  // [A-Za-z_0-9 and bytes from 0x80]+ in lower case as kName.
  void take_name();
  // Past the letters of a name that stand here; ORs their classes (ByteClass).
  unsigned int skip_word() {
    unsigned int classes = 0;
    while (at_ < code_.size()) {
      const unsigned int own = kByteClasses[static_cast<unsigned char>(code_[at_])];
      if ((own & kWordByte) == 0) break;
      classes |= own;
      ++at_;
    }
    return classes;
  }
  // Ends a statement by line end, once.
  void push_break();
  void skip_line() {
    const std::size_t end = code_.find('\n', at_);
    at_ = end == std::string_view::npos ? code_.size() : end;
  }
  // Past `closing`, or to the end.
  void skip_past(std::string_view closing) {
    const std::size_t end = code_.find(closing, at_);
    at_ = end == std::string_view::npos ? code_.size() : end + closing.size();
  }

  std::string_view code_;
  std::size_t at_ = 0;
  Arena& arena_;
  Tokens& out_;
};

// Resolves the escapes of C-family strings in `body` (\n \x41 \101 \u0041 \u{41}); sets `numeric`
// when one was numeric. Views `body` when there is none.
std::string_view resolve_escapes(std::string_view body, Arena& arena, bool& numeric);

// Of a command or an order that is searched for what it does.
inline constexpr std::size_t kCommandBytes = 4096;

// What steers Serv-U's own account, by which any local program makes accounts that run commands as
// the system (CVE-2004-2111 and its kin).
inline bool is_maintenance(std::string_view text) {
  return contains(text, "SITE MAINTENANCE") || contains(text, "-SETUSERSETUP");
}

}  // namespace konseki::webshell
