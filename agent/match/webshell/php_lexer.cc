// PHP as the Zend lexer splits it, more or less: https://www.php.net/manual/en/tokens.php.
#include <algorithm>
#include <string>

#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {
namespace {

// Interpolations inside interpolations, no deeper.
constexpr int kMaxNest = 4;

class PhpLexer : LexCursor {
 public:
  PhpLexer(std::string_view code, Arena& arena, Tokens& out, int nest)
      : LexCursor(code, arena, out), nest_(nest) {}

  void run() {
    while (!done()) step();
  }

 private:
  void step() {
    const char c = peek();
    if (is_blank(c) || c == '\0') {
      do {
        ++at_;
      } while (at_ < code_.size() && is_blank(code_[at_]));
    } else if (c == '$') {
      variable();
    } else if (is_digit(c)) {
      take_number();
    } else if (is_word_start(c) || (c == '\\' && is_word_start(peek(1)))) {
      name();
    } else if (c == '\'') {
      single_quoted();
    } else if (c == '"') {
      double_quoted('"', false);
    } else if (c == '`') {
      double_quoted('`', true);
    } else if (c == '#' && peek(1) != '[') {
      line_comment();
    } else if (c == '/' && peek(1) == '/') {
      line_comment();
    } else if (c == '/' && peek(1) == '*') {
      at_ += 2;
      skip_past("*/");
    } else if (c == '?' && peek(1) == '>') {
      markup();
    } else if (c == '<' && starts("<<<") && heredoc()) {
    } else {
      take_sign();
    }
  }

  // A line comment also ends where PHP does.
  void line_comment() {
    const std::size_t end = std::min(code_.find('\n', at_), code_.size());
    const std::size_t close = code_.substr(at_, end - at_).find("?>");
    at_ = close == std::string_view::npos ? end : at_ + close;
  }

  // What stands outside the tags is no code; the next tag goes on.
  void markup() {
    push_sign(";", at_);
    at_ += 2;
    while (true) {
      const std::size_t tag = code_.find("<?", at_);
      if (tag == std::string_view::npos) {
        at_ = code_.size();
        return;
      }
      at_ = tag + 2;
      if (peek() == '=') {
        ++at_;
        push(TokenKind::kName, "echo", tag);
        return;
      }
      const std::string_view word = code_.substr(at_, 3);
      if (word.size() == 3 && (word[0] | 32) == 'p' && (word[1] | 32) == 'h' &&
          (word[2] | 32) == 'p') {
        at_ += 3;
        return;
      }
      if (word != "xml" && !word.empty() &&
          (is_blank(word[0]) || word[0] == '@' || word[0] == '$' || word[0] == '/' ||
           word[0] == '}' || is_word_start(word[0]))) {
        return;
      }
    }
  }

  void variable() {
    const std::size_t start = at_++;
    if (!is_word_start(peek())) {
      push_sign("$", start);
      return;
    }
    const std::size_t first = at_;
    skip_word();
    push(TokenKind::kVariable, code_.substr(first, at_ - first), start);
  }

  void name() {
    const std::size_t start = at_;
    if (peek() == '\\') ++at_;
    // Namespaces do not matter here; the last part does.
    std::size_t last = at_;
    bool upper = (skip_word() & kUpperByte) != 0;
    while (peek() == '\\' && is_word_start(peek(1))) {
      last = ++at_;
      upper = (skip_word() & kUpperByte) != 0;
    }
    const std::string_view word = code_.substr(last, at_ - last);
    push(TokenKind::kName, upper ? arena_.lower(word) : word, start);
    if (out_.back().text == "__halt_compiler") at_ = code_.size();
  }

  void single_quoted() {
    const std::size_t start = at_++;
    const std::size_t first = at_;
    bool escapes = false;
    while (at_ < code_.size() && code_[at_] != '\'') {
      if (code_[at_] == '\\') {
        escapes = true;
        ++at_;
      }
      ++at_;
    }
    at_ = std::min(at_, code_.size());
    std::string_view body = code_.substr(first, at_ - first);
    if (at_ < code_.size()) ++at_;
    if (escapes) {
      std::string text;
      text.reserve(body.size());
      for (std::size_t i = 0; i < body.size(); ++i) {
        if (body[i] == '\\' && i + 1 < body.size() && (body[i + 1] == '\'' || body[i + 1] == '\\'))
          ++i;
        text += body[i];
      }
      body = arena_.keep(text);
    }
    push(TokenKind::kText, body, start);
  }

  void double_quoted(char quote, bool command) {
    const std::size_t start = at_++;
    const std::size_t first = at_;
    while (at_ < code_.size() && code_[at_] != quote) at_ += code_[at_] == '\\' ? 2 : 1;
    at_ = std::min(at_, code_.size());
    const std::string_view body = code_.substr(first, at_ - first);
    if (at_ < code_.size()) ++at_;
    if (command) {
      push(TokenKind::kName, "shell_exec", start);
      push_sign("(", start);
    }
    interpolated(body, first, start);
    if (command) push_sign(")", start);
  }

  bool heredoc() {
    const std::size_t start = at_;
    std::size_t at = at_ + 3;
    while (at < code_.size() && (code_[at] == ' ' || code_[at] == '\t')) ++at;
    char quote = 0;
    if (at < code_.size() && (code_[at] == '\'' || code_[at] == '"')) quote = code_[at++];
    const std::size_t label_start = at;
    while (at < code_.size() && is_word(code_[at])) ++at;
    const std::string_view label = code_.substr(label_start, at - label_start);
    if (label.empty()) return false;
    if (quote != 0) ++at;
    const std::size_t line = code_.find('\n', at);
    if (line == std::string_view::npos) return false;
    const std::size_t first = line + 1;
    // The closing label stands first on a line, blanks before it allowed.
    std::size_t end = line;
    while (end != std::string_view::npos) {
      std::size_t word = end + 1;
      while (word < code_.size() && (code_[word] == ' ' || code_[word] == '\t')) ++word;
      const std::string_view rest = code_.substr(std::min(word, code_.size()));
      if (rest.starts_with(label) &&
          (rest.size() == label.size() || !is_word(rest[label.size()]))) {
        at_ = word + label.size();
        break;
      }
      end = code_.find('\n', end + 1);
    }
    if (end == std::string_view::npos) {
      end = code_.size();
      at_ = code_.size();
    }
    const std::string_view body =
        end > first ? code_.substr(first, end - first) : std::string_view{};
    if (quote == '\'') {
      push(TokenKind::kText, body, start);
    } else {
      interpolated(body, first, start);
    }
    return true;
  }

  void text_part(std::string_view body, std::size_t start) {
    bool numeric = false;
    const std::string_view text = resolve_escapes(body, arena_, numeric);
    push(TokenKind::kText, text, start, numeric);
  }

  // "a $b {$c->d} ${e}" becomes ("a ".$b." ".$c->d.…).
  void interpolated(std::string_view body, std::size_t base, std::size_t start) {
    if (body.find('$') == std::string_view::npos || nest_ >= kMaxNest) {
      text_part(body, start);
      return;
    }
    std::size_t plain = 0;
    std::size_t at = 0;
    bool any = false;
    const auto flush = [&](std::size_t end) {
      if (!any) push_sign("(", start);
      if (any) push_sign(".", start);
      text_part(body.substr(plain, end - plain), start);
      push_sign(".", start);
      any = true;
    };
    while (at < body.size()) {
      if (body[at] == '\\') {
        at += 2;
        continue;
      }
      const bool braces = body[at] == '{' && at + 1 < body.size() && body[at + 1] == '$';
      const bool dollar_brace = body[at] == '$' && at + 1 < body.size() && body[at + 1] == '{';
      if (braces || dollar_brace) {
        std::size_t end = at + (braces ? 1 : 2);
        int level = 1;
        while (end < body.size() && level > 0) {
          if (body[end] == '{') ++level;
          if (body[end] == '}') --level;
          ++end;
        }
        flush(at);
        std::string_view inner = body.substr(at + (braces ? 1 : 2));
        inner = inner.substr(0, end - at - (braces ? 1 : 2) - (level == 0 ? 1 : 0));
        if (dollar_brace) {
          // "${name}" is $name, "${expression}" a variable variable.
          const bool simple = std::all_of(inner.begin(), inner.end(), is_word);
          if (simple) {
            push(TokenKind::kVariable, inner, start);
          } else {
            push_sign("$", start);
            push_sign("{", start);
            nested(inner);
            push_sign("}", start);
          }
        } else {
          push_sign("(", start);
          nested(inner);
          push_sign(")", start);
        }
        at = plain = end;
        continue;
      }
      if (body[at] == '$' && at + 1 < body.size() && is_word_start(body[at + 1])) {
        flush(at);
        std::size_t end = at + 1;
        while (end < body.size() && is_word(body[end])) ++end;
        push(TokenKind::kVariable, body.substr(at + 1, end - at - 1), start);
        if (end < body.size() && body[end] == '[') {
          const std::size_t close = body.find(']', end);
          if (close != std::string_view::npos && close - end < 256) {
            const std::string_view key = body.substr(end + 1, close - end - 1);
            push_sign("[", start);
            if (!key.empty() && key[0] == '$') {
              push(TokenKind::kVariable, key.substr(1), start);
            } else {
              push(TokenKind::kText, key, start);
            }
            push_sign("]", start);
            end = close + 1;
          }
        } else if (end + 2 < body.size() && body[end] == '-' && body[end + 1] == '>' &&
                   is_word_start(body[end + 2])) {
          std::size_t stop = end + 2;
          while (stop < body.size() && is_word(body[stop])) ++stop;
          push_sign("->", start);
          push(TokenKind::kName, arena_.lower(body.substr(end + 2, stop - end - 2)), start);
          end = stop;
        }
        at = plain = end;
        continue;
      }
      ++at;
    }
    if (!any) {
      text_part(body, start);
      return;
    }
    push_sign(".", start);
    text_part(body.substr(plain), start);
    push_sign(")", start);
    (void)base;
  }

  void nested(std::string_view inner) { PhpLexer(inner, arena_, out_, nest_ + 1).run(); }

  int nest_;
};

}  // namespace

void lex_php(std::string_view code, Arena& arena, Tokens& out) {
  PhpLexer(code, arena, out, 0).run();
}

}  // namespace konseki::webshell
