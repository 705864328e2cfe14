#include "agent/match/yara/rule_lexer.h"

#include <algorithm>

namespace konseki::yara {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

std::size_t RuleLexer::comment_length() const {
  const std::string_view rest = text_.substr(at_);
  if (rest.starts_with("//")) return std::min(rest.find('\n'), rest.size());
  if (!rest.starts_with("/*")) return 0;
  const std::size_t end = rest.find("*/", 2);
  return end == kNone ? kNone : end + 2;
}

bool RuleLexer::skip_space() {
  while (at_ < text_.size()) {
    std::size_t length = comment_length();
    if (length == kNone) return false;
    if (length == 0) {
      if (!is_space(text_[at_])) return true;
      length = 1;
    }
    line_ += static_cast<std::uint32_t>(
        std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                   text_.begin() + static_cast<std::ptrdiff_t>(at_ + length), '\n'));
    at_ += length;
  }
  return true;
}

std::size_t RuleLexer::quoted_length(char quote) const {
  for (std::size_t i = at_ + 1; i < text_.size() && text_[i] != '\n'; ++i) {
    if (text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      return i + 1 - at_;
    }
  }
  return kNone;
}

Token RuleLexer::take(Token::Kind kind, std::size_t length) {
  Token token{kind, text_.substr(at_, length), at_, line_};
  at_ += token.text.size();
  return token;
}

Token RuleLexer::next() {
  if (!skip_space()) return take(Token::Kind::kBad, kNone);
  if (at_ == text_.size()) return take(Token::Kind::kEnd, 0);
  const char c = text_[at_];
  if (c == '"' || c == '/') {
    std::size_t length = quoted_length(c);
    if (length == kNone) return take(Token::Kind::kBad, kNone);
    if (c == '"') return take(Token::Kind::kText, length);
    while (at_ + length < text_.size() && is_word(text_[at_ + length])) ++length;
    return take(Token::Kind::kExpression, length);
  }
  std::size_t length = 1;
  while (at_ + length < text_.size() && is_word(text_[at_ + length])) ++length;
  const bool variable =
      c == '$' || c == '#' || c == '@' || (c == '!' && at_ + 1 < text_.size() && length > 1);
  if (variable) return take(Token::Kind::kVariable, length);
  if (is_digit(c)) {
    // A fraction, but not a range: "1.5" and "(0..100)".
    const std::string_view rest = text_.substr(at_ + length);
    if (rest.size() > 1 && rest[0] == '.' && is_digit(rest[1])) {
      ++length;
      while (at_ + length < text_.size() && is_digit(text_[at_ + length])) ++length;
    }
    return take(Token::Kind::kNumber, length);
  }
  if (is_word(c)) return take(Token::Kind::kWord, length);
  const std::string_view pair = text_.substr(at_, 2);
  constexpr std::string_view kPairs[] = {"==", "!=", "<=", ">=", "<<", ">>", ".."};
  const bool two = std::find(std::begin(kPairs), std::end(kPairs), pair) != std::end(kPairs);
  return take(Token::Kind::kSymbol, two ? 2 : 1);
}

Token RuleLexer::hex_string() {
  Token inside{Token::Kind::kText, {}, at_, line_};
  while (skip_space()) {
    if (at_ == text_.size()) break;
    if (text_[at_] == '}') {
      inside.text = text_.substr(inside.begin, at_ - inside.begin);
      return inside;
    }
    ++at_;
  }
  inside.kind = Token::Kind::kBad;
  return inside;
}

}  // namespace konseki::yara
