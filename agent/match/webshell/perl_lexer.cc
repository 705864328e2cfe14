// Perl, as far as it can be split without running it.
#include <algorithm>
#include <string>

#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {
namespace {

class PerlLexer : LexCursor {
 public:
  using LexCursor::LexCursor;

  void run() {
    while (!done()) step();
  }

 private:
  void step() {
    const char c = peek();
    if (c == '=' && is_alpha(peek(1)) && (at_ == 0 || code_[at_ - 1] == '\n')) {
      skip_past("\n=cut");  // documentation
      skip_line();
    } else if (is_blank(c) || c == '\0') {
      ++at_;
    } else if (c == '#') {
      skip_line();
    } else if (c == '$' || ((c == '@' || c == '%') && operand_expected() &&
                            (is_word_start(peek(1)) || peek(1) == '$' || peek(1) == '{'))) {
      variable();
    } else if (is_digit(c)) {
      take_number();
    } else if (c == '\'' || c == '"' || c == '`') {
      ++at_;
      quoted(at_ - 1, c, c, c == '\'' ? 'q' : (c == '`' ? 'x' : 'Q'));
    } else if (is_word_start(c)) {
      word();
    } else if (c == '/' && operand_expected()) {
      ++at_;
      quoted(at_ - 1, '/', '/', 'm');
      while (is_alpha(peek())) ++at_;
    } else if (c == '<' && operand_expected() && is_word(peek(1))) {
      input_handle();
    } else if (starts("<<") && (is_word_start(peek(2)) || peek(2) == '"' || peek(2) == '\'' ||
                                (peek(2) == ' ' && (peek(3) == '"' || peek(3) == '\'')))) {
      heredoc();
    } else {
      take_sign();
    }
  }

  bool operand_expected() const {
    if (out_.empty()) return true;
    const Token& last = out_.back();
    if (last.kind == TokenKind::kName) return true;
    return last.kind == TokenKind::kSign && last.text != ")" && last.text != "]" &&
           last.text != "}";
  }

  void variable() {
    const std::size_t start = at_++;
    if (is_word_start(peek()) || is_digit(peek())) {
      const std::size_t first = at_;
      while (is_word(peek()) || (peek() == ':' && peek(1) == ':' && is_word(peek(2)))) {
        at_ += peek() == ':' ? 2 : 1;
      }
      push(TokenKind::kVariable, code_.substr(first, at_ - first), start);
    } else if (peek() == '{' || peek() == '$') {
      push_sign("$", start);
    } else {
      push(TokenKind::kVariable, code_.substr(at_, 1), start);  // $! $_ $/ ...
      if (at_ < code_.size()) ++at_;
    }
  }

  void word() {
    const std::size_t start = at_;
    while (is_word(peek()) || (peek() == ':' && peek(1) == ':')) at_ += peek() == ':' ? 2 : 1;
    const std::string_view text = code_.substr(start, at_ - start);
    const bool member = !out_.empty() && (out_.back().is("->") || out_.back().is("{"));
    if (!member && quote_operator(text, start)) return;
    if (text == "__END__" || text == "__DATA__") {
      at_ = code_.size();
      return;
    }
    push(TokenKind::kName, arena_.lower(text), start);
  }

  // q() qq() qw() qx() m// s/// tr/// y///.
  bool quote_operator(std::string_view text, std::size_t start) {
    const bool twice = text == "s" || text == "tr" || text == "y";
    if (text != "q" && text != "qq" && text != "qw" && text != "qx" && text != "m" &&
        text != "qr" && !twice) {
      return false;
    }
    std::size_t at = at_;
    while (at < code_.size() && is_blank(code_[at])) ++at;
    if (at >= code_.size() || is_word(code_[at]) || code_[at] == '=' || code_[at] == ',' ||
        code_[at] == ';' || code_[at] == ')') {
      return false;
    }
    const char open = code_[at];
    const char close = open == '('   ? ')'
                       : open == '[' ? ']'
                       : open == '{' ? '}'
                       : open == '<' ? '>'
                                     : open;
    at_ = at + 1;
    const char kind = text == "qq"                  ? 'Q'
                      : text == "qx"                ? 'x'
                      : text == "q" || text == "qw" ? 'q'
                                                    : 'm';
    quoted(start, open, close, kind);
    if (twice) {
      if (open != close) {
        while (is_blank(peek())) ++at_;
        if (peek() == open) ++at_;
      }
      skip_quoted(open, close);
    }
    if (kind == 'm') {
      while (is_alpha(peek())) ++at_;
    }
    return true;
  }

  std::string_view skip_quoted(char open, char close) {
    const std::size_t first = at_;
    int level = 1;
    while (at_ < code_.size()) {
      const char c = code_[at_];
      if (c == '\\') {
        at_ += 2;
        continue;
      }
      if (open != close && c == open) ++level;
      if (c == close && --level == 0) break;
      ++at_;
    }
    at_ = std::min(at_, code_.size());
    const std::string_view body = code_.substr(first, at_ - first);
    if (at_ < code_.size()) ++at_;
    return body;
  }

  // kind: 'q' plain, 'Q' interpolated, 'x' command, 'm' expression (no text).
  void quoted(std::size_t start, char open, char close, char kind) {
    const std::string_view body = skip_quoted(open, close);
    if (kind == 'm') {
      push(TokenKind::kText, {}, start);
    } else if (kind == 'q') {
      push(TokenKind::kText, body, start);
    } else {
      if (kind == 'x') {
        push(TokenKind::kName, "qx", start);
        push_sign("(", start);
      }
      interpolated(body, start);
      if (kind == 'x') push_sign(")", start);
    }
  }

  void interpolated(std::string_view body, std::size_t start) {
    bool numeric = false;
    std::size_t plain = 0;
    bool any = false;
    for (std::size_t at = 0; at < body.size(); ++at) {
      if (body[at] == '\\') {
        ++at;
        continue;
      }
      if ((body[at] != '$' && body[at] != '@') || at + 1 >= body.size()) continue;
      std::size_t name = at + 1;
      const bool braces = body[name] == '{';
      if (braces) ++name;
      std::size_t end = name;
      while (end < body.size() && is_word(body[end])) ++end;
      if (end == name) continue;
      push_sign(any ? "." : "(", start);
      push(TokenKind::kText, resolve_escapes(body.substr(plain, at - plain), arena_, numeric),
           start);
      push_sign(".", start);
      push(TokenKind::kVariable, body.substr(name, end - name), start);
      any = true;
      if (braces && end < body.size() && body[end] == '}') ++end;
      if (!braces && end < body.size() && (body[end] == '{' || body[end] == '[')) {
        const std::size_t close = body.find(body[end] == '{' ? '}' : ']', end);
        if (close != std::string_view::npos && close - end < 128) {
          std::string_view key = body.substr(end + 1, close - end - 1);
          while (!key.empty() && (key[0] == '\'' || key[0] == '"')) key.remove_prefix(1);
          while (!key.empty() && (key.back() == '\'' || key.back() == '"')) key.remove_suffix(1);
          push_sign("[", start);
          push(TokenKind::kText, key, start);
          push_sign("]", start);
          end = close + 1;
        }
      }
      plain = end;
      at = end - 1;
    }
    if (any) push_sign(".", start);
    push(TokenKind::kText, resolve_escapes(body.substr(plain), arena_, numeric), start, numeric);
    if (any) push_sign(")", start);
  }

  void input_handle() {
    const std::size_t start = at_++;
    const std::size_t first = at_;
    while (is_word(peek())) ++at_;
    const std::string_view handle = code_.substr(first, at_ - first);
    if (peek() == '>') {
      ++at_;
      push(TokenKind::kName, handle == "STDIN" ? "<stdin>" : "<handle>", start);
    } else {
      at_ = start;
      take_sign();
    }
  }

  void heredoc() {
    const std::size_t start = at_;
    at_ += peek(2) == ' ' ? 3 : 2;
    char quote = 0;
    if (peek() == '"' || peek() == '\'') quote = code_[at_++];
    const std::size_t first = at_;
    // A label in quotes may hold anything.
    while (quote != 0 ? !done() && peek() != quote && peek() != '\n' : is_word(peek())) ++at_;
    const std::string_view label = code_.substr(first, at_ - first);
    if (quote != 0 && peek() == quote) ++at_;
    const std::size_t line = code_.find('\n', at_);
    if (label.empty() || line == std::string_view::npos) return;
    const std::string closing = "\n" + std::string(label);
    const std::size_t end = code_.find(closing, line);
    const std::size_t stop = end == std::string_view::npos ? code_.size() : end;
    const std::string_view body = code_.substr(line, stop - line);
    // The rest of the line comes first, then the document is skipped.
    const std::string_view rest = code_.substr(at_, line - at_);
    if (quote == '\'') {
      push(TokenKind::kText, body, start);
    } else {
      interpolated(body, start);
    }
    PerlLexer(rest, arena_, out_).run();
    at_ = std::min(code_.size(), stop + (end == std::string_view::npos ? 0 : closing.size()));
  }
};

}  // namespace

void lex_perl(std::string_view code, Arena& arena, Tokens& out) {
  PerlLexer(code, arena, out).run();
}

}  // namespace konseki::webshell
