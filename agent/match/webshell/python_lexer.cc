// Python; indentation becomes braces.
#include <algorithm>
#include <string>
#include <vector>

#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {
namespace {

class PythonLexer : LexCursor {
 public:
  using LexCursor::LexCursor;

  void run() {
    line_start();
    while (!done()) step();
    while (indents_.size() > 1) close();
  }

 private:
  void step() {
    const char c = peek();
    if (c == '\n') {
      ++at_;
      if (brackets_ == 0) {
        push_break();
        line_start();
      }
    } else if (c == '\\' && (peek(1) == '\n' || peek(1) == '\r')) {
      at_ += peek(1) == '\r' && peek(2) == '\n' ? 3 : 2;
    } else if (is_blank(c) || c == '\0') {
      ++at_;
    } else if (c == '#') {
      skip_line();
    } else if (string_starts()) {
      text();
    } else if (is_digit(c)) {
      take_number();
    } else if (is_word_start(c)) {
      take_name();
    } else if (c == ';') {
      push_break();
      ++at_;
    } else if (c == ':' && brackets_ == 0) {
      push_break();  // what follows on the line is a statement
      ++at_;
    } else {
      if (c == '(' || c == '[' || c == '{') ++brackets_;
      if ((c == ')' || c == ']' || c == '}') && brackets_ > 0) --brackets_;
      take_sign();
    }
  }

  void close() {
    indents_.pop_back();
    push_sign("}", at_);
  }

  void line_start() {
    while (true) {
      std::size_t end = at_;
      std::size_t width = 0;
      while (end < code_.size() && (code_[end] == ' ' || code_[end] == '\t')) {
        width += code_[end] == '\t' ? 8 - width % 8 : 1;
        ++end;
      }
      const char c = end < code_.size() ? code_[end] : '\0';
      if (c == '\r' || c == '#' || c == '\n') {  // blank lines do not count
        at_ = end;
        skip_line();
        if (at_ < code_.size()) {
          ++at_;
          continue;
        }
        return;
      }
      at_ = end;
      if (end >= code_.size()) return;
      if (width > indents_.back() && indents_.size() < 256) {
        indents_.push_back(width);
        push_sign("{", at_);
      }
      while (indents_.size() > 1 && width < indents_.back()) close();
      return;
    }
  }

  bool string_starts() const {
    std::size_t ahead = 0;
    while (ahead < 2 && is_alpha(peek(ahead))) ++ahead;
    const char quote = peek(ahead);
    if (quote != '"' && quote != '\'') return false;
    for (std::size_t i = 0; i < ahead; ++i) {
      const char c = static_cast<char>(peek(i) | 32);
      if (c != 'r' && c != 'b' && c != 'u' && c != 'f') return false;
    }
    return true;
  }

  void text() {
    const std::size_t start = at_;
    bool raw = false;
    while (is_alpha(peek())) {
      if ((peek() | 32) == 'r') raw = true;
      ++at_;
    }
    const char quote = peek();
    const bool triple = peek(1) == quote && peek(2) == quote;
    at_ += triple ? 3 : 1;
    const std::size_t first = at_;
    std::size_t end = first;
    while (end < code_.size()) {
      if (code_[end] == '\\') {
        end += 2;
        continue;
      }
      if (triple ? code_.substr(end, 3) == std::string(3, quote) : code_[end] == quote) break;
      if (!triple && code_[end] == '\n') break;
      ++end;
    }
    end = std::min(end, code_.size());
    at_ = end;
    if (peek() == quote) at_ += triple ? 3 : 1;
    at_ = std::min(at_, code_.size());
    bool numeric = false;
    const std::string_view body = code_.substr(first, end - first);
    push(TokenKind::kText, raw ? body : resolve_escapes(body, arena_, numeric), start, numeric);
  }

  int brackets_ = 0;
  std::vector<std::size_t> indents_ = {0};
};

}  // namespace

void lex_python(std::string_view code, Arena& arena, Tokens& out) {
  PythonLexer(code, arena, out).run();
}

}  // namespace konseki::webshell
