#include "agent/match/stix/pattern_lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"

namespace konseki::stix {
namespace {

constexpr std::array<std::string_view, 19> kKeywords = {
    "AND",      "OR",     "NOT",   "FOLLOWEDBY", "LIKE",  "MATCHES", "ISSUPERSET",
    "ISSUBSET", "LAST",   "IN",    "START",      "STOP",  "SECONDS", "true",
    "false",    "WITHIN", "TIMES", "REPEATS",    "EXISTS"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_blank(std::uint32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool is_keyword(std::string_view word) {
  return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && is_digit(text[at + count])) ++count;
  return count;
}

}  // namespace

Error pattern_error(std::string_view pattern, std::size_t offset, Bilingual what, ErrorCode code) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t at = 0; at < std::min(offset, pattern.size());) {
    const bool ends_line = pattern[at] == '\n';
    next_code_point(pattern, at);
    line += ends_line ? 1 : 0;
    column = ends_line ? 1 : column + 1;
  }
  return {code, fmt::format("{}:{}", line, column), std::move(what)};
}

Result<void> PatternLexer::skip_blanks() {
  while (at_ < text_.size()) {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("//")) {
      at_ += std::min(rest.size(), rest.find_first_of("\r\n"));
    } else if (rest.starts_with("/*")) {
      const std::size_t end = rest.find("*/", 2);
      if (end == std::string_view::npos) {
        return fail(
            pattern_error(text_, at_, {"the comment does not end", "コメントが閉じていません"}));
      }
      at_ += end + 2;
    } else {
      std::size_t after = at_;
      if (!is_blank(next_code_point(text_, after))) break;
      at_ = after;
    }
  }
  return {};
}

Result<Token> PatternLexer::next() {
  KONSEKI_TRY(skip_blanks());
  Token token;
  token.offset = at_;
  if (at_ == text_.size()) return token;
  const char c = text_[at_];
  const char following = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (c == '\'') {
    token.kind = Token::Kind::kText;
    return quoted(std::move(token), 0);
  }
  if (following == '\'' && (c == 't' || c == 'b' || c == 'h')) {
    token.kind = c == 't'   ? Token::Kind::kInstant
                 : c == 'b' ? Token::Kind::kBase64
                            : Token::Kind::kHex;
    return quoted(std::move(token), 1);
  }
  if (is_letter(c)) return name();
  const std::size_t sign = c == '+' || c == '-' ? 1 : 0;
  const std::string_view unsigned_part = text_.substr(std::min(at_ + sign, text_.size()));
  if (!unsigned_part.empty() && (is_digit(unsigned_part[0]) ||
                                 (unsigned_part[0] == '.' && digits_at(unsigned_part, 1) > 0))) {
    return number();
  }
  token.kind = Token::Kind::kSymbol;
  const std::string_view pair = text_.substr(at_, 2);
  for (const std::string_view symbol : {"==", "!=", "<>", "<=", ">="}) {
    if (pair == symbol) token.written = pair;
  }
  if (token.written.empty() && std::string_view("[]().,:*=<>").find(c) != std::string_view::npos) {
    token.written = pair.substr(0, 1);
  }
  if (token.written.empty()) {
    return fail(pattern_error(text_, at_,
                              {"this character has no meaning here", "ここでは使えない文字です"}));
  }
  at_ += token.written.size();
  return token;
}

Result<Token> PatternLexer::quoted(Token token, std::size_t prefix) {
  std::size_t at = at_ + prefix + 1;
  for (; at < text_.size() && text_[at] != '\''; ++at) {
    if (text_[at] == '\\') {
      const char escaped = at + 1 < text_.size() ? text_[at + 1] : '\0';
      if (escaped != '\'' && escaped != '\\') {
        return fail(pattern_error(text_, at,
                                  {"only \\' and \\\\ may stand after a backslash in quotes",
                                   "引用符内の \\ の後に置けるのは \\' と \\\\ だけです"}));
      }
      ++at;
    }
    token.text += text_[at];
  }
  if (at == text_.size()) {
    return fail(pattern_error(text_, token.offset,
                              {"the quotation does not end", "引用符が閉じていません"}));
  }
  token.written = text_.substr(at_, at + 1 - at_);
  at_ = at + 1;
  return token;
}

Token PatternLexer::number() {
  Token token;
  token.offset = at_;
  std::size_t end = at_ + (is_digit(text_[at_]) || text_[at_] == '.' ? 0 : 1);
  const std::size_t whole = digits_at(text_, end);
  // As in the grammar, no zero leads: "007" is three numbers.
  const std::size_t fraction = end + whole < text_.size() && text_[end + whole] == '.'
                                   ? digits_at(text_, end + whole + 1)
                                   : 0;
  if (fraction > 0) {
    token.kind = Token::Kind::kFloat;
    end += whole + 1 + fraction;
  } else {
    token.kind = Token::Kind::kInteger;
    end += text_[end] == '0' ? 1 : whole;
  }
  token.written = text_.substr(at_, end - at_);
  at_ = end;
  return token;
}

Token PatternLexer::name() {
  Token token;
  token.offset = at_;
  std::size_t end = at_;
  while (end < text_.size() &&
         (is_letter(text_[end]) || is_digit(text_[end]) || text_[end] == '-')) {
    ++end;
  }
  token.written = text_.substr(at_, end - at_);
  token.hyphens = token.written.find('-') != std::string_view::npos;
  token.kind = is_keyword(token.written) ? Token::Kind::kKeyword : Token::Kind::kName;
  token.text = token.written;
  at_ = end;
  return token;
}

}  // namespace konseki::stix
