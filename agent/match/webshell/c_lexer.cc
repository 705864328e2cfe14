// Java, C# and JScript: one lexical shape.
#include <algorithm>
#include <string>

#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {
namespace {

class CLexer : LexCursor {
 public:
  CLexer(std::string_view code, ScriptLanguage language, Arena& arena, Tokens& out)
      : LexCursor(code, arena, out), language_(language) {}

  void run() {
    while (!done()) step();
  }

 private:
  void step() {
    const char c = peek();
    if (is_blank(c) || c == '\0') {
      ++at_;
    } else if (is_digit(c)) {
      take_number();
    } else if (is_word_start(c) || c == '$') {
      if (c == '$' && peek(1) == '"') {
        ++at_;  // C#'s interpolated string: its text is enough
        return;
      }
      const std::size_t start = at_++;
      while (is_word(peek()) || peek() == '$') ++at_;
      push(TokenKind::kName, arena_.lower(code_.substr(start, at_ - start)), start);
    } else if (c == '@' && language_ == ScriptLanguage::kCSharp && peek(1) == '"') {
      verbatim();
    } else if (c == '@') {
      ++at_;  // annotations and escaped names
    } else if (c == '"' || (c == '\'')) {
      quoted(c);
    } else if (c == '/' && peek(1) == '/') {
      skip_line();
    } else if (c == '/' && peek(1) == '*') {
      at_ += 2;
      skip_past("*/");
    } else if (c == '/' && language_ == ScriptLanguage::kJScript && operand_expected()) {
      regular_expression();
    } else if (c == '#' && language_ == ScriptLanguage::kCSharp) {
      skip_line();
    } else {
      take_sign();
    }
  }

  bool operand_expected() const {
    if (out_.empty()) return true;
    const Token& last = out_.back();
    return last.kind == TokenKind::kSign && last.text != ")" && last.text != "]";
  }

  void quoted(char quote) {
    const std::size_t start = at_++;
    const std::size_t first = at_;
    while (at_ < code_.size() && code_[at_] != quote && code_[at_] != '\n') {
      at_ += code_[at_] == '\\' ? 2 : 1;
    }
    at_ = std::min(at_, code_.size());
    const std::string_view body = code_.substr(first, at_ - first);
    if (peek() == quote) ++at_;
    bool numeric = false;
    push(TokenKind::kText, resolve_escapes(body, arena_, numeric), start, numeric);
  }

  void verbatim() {
    const std::size_t start = at_;
    at_ += 2;
    std::string text;
    while (at_ < code_.size()) {
      if (code_[at_] == '"') {
        if (peek(1) != '"') break;
        ++at_;
      }
      text += code_[at_++];
    }
    if (at_ < code_.size()) ++at_;
    push(TokenKind::kText, arena_.keep(text), start);
  }

  void regular_expression() {
    const std::size_t start = at_++;
    while (at_ < code_.size() && code_[at_] != '/' && code_[at_] != '\n') {
      at_ += code_[at_] == '\\' ? 2 : 1;
    }
    at_ = std::min(at_, code_.size());
    if (peek() == '/') ++at_;
    while (is_alpha(peek())) ++at_;
    push(TokenKind::kText, {}, start);
  }

  ScriptLanguage language_;
};

// Java reads \u0065 as the letter itself, anywhere in its source.
std::string_view resolve_java_unicode(std::string_view code, Arena& arena) {
  if (code.find("\\u") == std::string_view::npos) return code;
  std::string text;
  text.reserve(code.size());
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '\\' && i + 5 < code.size() && code[i + 1] == 'u') {
      std::size_t at = i + 2;
      while (at < code.size() && code[at] == 'u') ++at;
      if (at + 4 <= code.size() && hex_digit(code[at]) >= 0 && hex_digit(code[at + 1]) >= 0 &&
          hex_digit(code[at + 2]) >= 0 && hex_digit(code[at + 3]) >= 0) {
        std::uint32_t value = 0;
        for (int k = 0; k < 4; ++k) {
          value = value * 16 + static_cast<std::uint32_t>(hex_digit(code[at + k]));
        }
        append_utf8(text, value);
        i = at + 3;
        continue;
      }
    }
    text += code[i];
  }
  return arena.keep(text);
}

}  // namespace

void lex_c_family(std::string_view code, ScriptLanguage language, Arena& arena, Tokens& out) {
  if (language != ScriptLanguage::kJScript) code = resolve_java_unicode(code, arena);
  CLexer(code, language, arena, out).run();
}

}  // namespace konseki::webshell
