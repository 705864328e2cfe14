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
      if (!skip_async()) take_name();
    } else if (c == ':' && peek(1) == '=') {  // (name := value)
      push_sign("=", at_);
      at_ += 2;
    } else if (c == ';') {
      push_break();
      ++at_;
    } else if (c == ':' && brackets_ == 0) {
      if (annotates()) {
        skip_annotation();
        return;
      }
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

  // name: Type = value, self.name: Type = value.
  bool annotates() const {
    std::size_t first = out_.size();
    while (first > 0 && (out_[first - 1].kind == TokenKind::kName || out_[first - 1].is("."))) {
      --first;
    }
    if (first == out_.size() || (out_.size() - first) % 2 == 0) return false;
    if (first > 0 && out_[first - 1].kind != TokenKind::kBreak && !out_[first - 1].is("{") &&
        !out_[first - 1].is("}")) {
      return false;
    }
    if (out_.size() - first > 1) return out_[first + 1].is(".");
    const Token& name = out_[first];
    return !name.name("else") && !name.name("try") && !name.name("finally") &&
           !name.name("except") && !name.name("lambda");
  }

  void skip_annotation() {
    while (at_ < code_.size() && peek() != '=' && peek() != '\n' && peek() != '#') ++at_;
  }

  // "async def", "async for" and "async with" flow as without the word.
  bool skip_async() {
    if (!starts("async ")) return false;
    std::size_t next = at_ + 5;
    while (next < code_.size() && code_[next] == ' ') ++next;
    const std::string_view rest = code_.substr(next, 5);
    if (!rest.starts_with("def ") && !rest.starts_with("for ") && rest != "with ") return false;
    at_ = next;
    return true;
  }

  void text() {
    bool raw = false;
    bool formatted = false;
    while (is_alpha(peek())) {
      if ((peek() | 32) == 'r') raw = true;
      if ((peek() | 32) == 'f') formatted = true;
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
    if (formatted && nest_ < kMaxNest) {
      interpolated(first, end, raw);
    } else {
      text_part(first, end, raw);
    }
  }

  void text_part(std::size_t first, std::size_t end, bool raw) {
    bool numeric = false;
    const std::string_view body = code_.substr(first, end - first);
    const std::string_view resolved = raw ? body : resolve_escapes(body, arena_, numeric);
    push(TokenKind::kText, resolved, first, numeric);
  }

  // f"a {b!r:>8} c" becomes ("a "+(b)+" c").
  void interpolated(std::size_t first, std::size_t end, bool raw) {
    push_sign("(", first);
    std::size_t plain = first;
    std::size_t at = first;
    while (at < end) {
      const char c = code_[at];
      if (c != '{' || (at + 1 < end && code_[at + 1] == '{')) {
        at += c == '{' ? 2 : 1;
        continue;
      }
      text_part(plain, at, raw);
      push_sign("+", at);
      push_sign("(", at);
      const std::size_t close = expression_end(at + 1, end);
      nested(at + 1, close);
      push_sign(")", close);
      push_sign("+", close);
      at = std::min(code_.find('}', close), end);
      plain = at = std::min(at + 1, end);
    }
    text_part(plain, end, raw);
    push_sign(")", end);
  }

  // Where the expression that begins at `at` ends: before its format, conversion or bracket.
  std::size_t expression_end(std::size_t at, std::size_t end) const {
    int level = 0;
    char quote = 0;
    for (; at < end; ++at) {
      const char c = code_[at];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '(' || c == '[' || c == '{') {
        ++level;
      } else if (level > 0 && (c == ')' || c == ']' || c == '}')) {
        --level;
      } else if (level == 0 &&
                 (c == '}' || c == ':' || (c == '!' && !code_.substr(at, 2).ends_with('=')))) {
        return at;
      }
    }
    return end;
  }

  void nested(std::size_t first, std::size_t end) {
    PythonLexer inner(code_.substr(0, end), arena_, out_);
    inner.at_ = first;
    inner.brackets_ = 1;
    inner.nest_ = nest_ + 1;
    while (!inner.done()) inner.step();
  }

  static constexpr int kMaxNest = 3;  // of texts inside the expressions of texts

  int nest_ = 0;
  int brackets_ = 0;
  std::vector<std::size_t> indents_ = {0};
};

}  // namespace

void lex_python(std::string_view code, Arena& arena, Tokens& out) {
  PythonLexer(code, arena, out).run();
}

}  // namespace konseki::webshell
