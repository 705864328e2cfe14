// VBScript and VB.NET.
#include <string>

#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {

void lex_basic(std::string_view code, Arena& arena, Tokens& out) {
  LexCursor in(code, arena, out);
  while (!in.done()) {
    const char c = in.peek();
    if (c == '\n') {
      in.push_break();
      ++in.at_;
    } else if (is_blank(c) || c == '\0') {
      ++in.at_;
    } else if (c == ':') {
      in.push_break();
      ++in.at_;
    } else if (c == '_' && (in.peek(1) == '\n' || in.peek(1) == '\r' || in.peek(1) == ' ')) {
      // A line that goes on in the next one.
      std::size_t ahead = 1;
      while (in.peek(ahead) == ' ' || in.peek(ahead) == '\r' || in.peek(ahead) == '\t') ++ahead;
      if (in.peek(ahead) == '\n') ++ahead;
      in.at_ += ahead;
    } else if (c == '\'') {
      in.skip_line();
    } else if (c == '"') {
      const std::size_t start = in.at_++;
      const std::size_t first = in.at_;
      bool doubled = false;
      while (!in.done() && in.peek() != '\n') {
        if (in.peek() == '"') {
          if (in.peek(1) != '"') break;
          doubled = true;
          ++in.at_;
        }
        ++in.at_;
      }
      std::string_view body = in.code_.substr(first, in.at_ - first);
      if (in.peek() == '"') ++in.at_;
      if (in.peek() == 'c' && !is_word(in.peek(1))) ++in.at_;  // VB.NET's "x"c
      if (doubled) {
        std::string text;
        for (std::size_t i = 0; i < body.size(); ++i) {
          text += body[i];
          if (body[i] == '"') ++i;
        }
        body = arena.keep(text);
      }
      in.push(TokenKind::kText, body, start);
    } else if (c == '&' && (in.peek(1) | 32) == 'h' && hex_digit(in.peek(2)) >= 0) {
      const std::size_t start = in.at_;
      in.at_ += 2;
      while (hex_digit(in.peek()) >= 0) ++in.at_;
      std::string text = "0x" + std::string(in.code_.substr(start + 2, in.at_ - start - 2));
      in.push(TokenKind::kNumber, arena.keep(text), start);
    } else if (c == '[') {
      // [name] escapes a keyword.
      const std::size_t start = in.at_++;
      while (is_word(in.peek())) ++in.at_;
      in.push(TokenKind::kName, arena.lower(in.code_.substr(start + 1, in.at_ - start - 1)), start);
      if (in.peek() == ']') ++in.at_;
    } else if (is_digit(c)) {
      in.take_number();
    } else if (is_word_start(c)) {
      in.take_name();
      if (out.back().text == "rem") {
        out.pop_back();
        in.skip_line();
      }
    } else if (c == '&' || c == '+') {
      in.push_sign(in.code_.substr(in.at_, in.peek(1) == '=' ? 2 : 1), in.at_);
      in.at_ += in.peek(1) == '=' ? 2 : 1;
    } else {
      in.take_sign();
    }
  }
}

}  // namespace konseki::webshell
