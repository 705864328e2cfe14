// ColdFusion pages: <cfset …> is its expression, every other tag a call of its attributes
// (attribute=value), <cfscript> code of the C family. #…# inside values are expressions.
#include <algorithm>
#include <string>

#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {
namespace {

class CfmlLexer : LexCursor {
 public:
  using LexCursor::LexCursor;

  void run() {
    while (!done()) {
      const std::size_t tag = code_.find('<', at_);
      if (tag == std::string_view::npos) return;
      at_ = tag + 1;
      if (starts("!---")) {
        skip_past("--->");
        continue;
      }
      if ((peek() | 32) != 'c' || (peek(1) | 32) != 'f') continue;
      const std::size_t first = at_;
      while (is_word(peek())) ++at_;
      const std::string_view name = arena_.lower(code_.substr(first, at_ - first));
      if (name == "cfscript") {
        skip_past(">");
        const std::size_t start = at_;
        skip_closing("</cfscript");
        lex_c_family(code_.substr(start, at_ - start), ScriptLanguage::kJScript, arena_, out_);
        push_sign(";", at_);
      } else if (name == "cfset" || name == "cfif" || name == "cfelseif" || name == "cfreturn") {
        expression(tag_body());
        push_sign(";", at_);
      } else if (name == "cfquery") {
        attributes(name, tag);
        const std::size_t start = at_;
        skip_closing("</cfquery");
        std::string_view body = code_.substr(start, at_ - start);
        // Blanks before a statement do not make it begin with a constant.
        while (!body.empty() && is_blank(body.front())) body.remove_prefix(1);
        push(TokenKind::kName, "cfquery.statement", tag);
        push_sign("(", tag);
        value(body.substr(0, body.rfind('<')));
        push_sign(")", tag);
        push_sign(";", tag);
      } else {
        attributes(name, tag);
      }
    }
  }

 private:
  // The rest of the tag, quotes respected.
  std::string_view tag_body() {
    const std::size_t first = at_;
    char quote = 0;
    while (at_ < code_.size() && (quote != 0 || code_[at_] != '>')) {
      const char c = code_[at_++];
      if (quote != 0 ? c == quote : (c == '"' || c == '\'')) quote = quote != 0 ? '\0' : c;
    }
    const std::string_view body = code_.substr(first, at_ - first);
    if (at_ < code_.size()) ++at_;
    return body;
  }

  // Past the closing tag (lower case) in any case of letters, or to the end.
  void skip_closing(std::string_view tag) {
    while (at_ < code_.size()) {
      at_ = std::min(code_.find('<', at_), code_.size());
      std::size_t i = 0;
      while (i < tag.size() && at_ + i < code_.size() &&
             (is_alpha(code_[at_ + i]) ? code_[at_ + i] | 32 : code_[at_ + i]) == tag[i]) {
        ++i;
      }
      at_ = std::min(at_ + std::max<std::size_t>(i, 1), code_.size());
      if (i == tag.size()) return;
    }
  }

  // Strings in CFML have no escapes; #…# in them are expressions.
  void expression(std::string_view body) {
    LexCursor in(body, arena_, out_);
    while (!in.done()) {
      const char c = in.peek();
      if (is_blank(c) || c == '#' || c == '\0') {
        ++in.at_;
      } else if (c == '"' || c == '\'') {
        const std::size_t first = ++in.at_;
        while (!in.done() && in.peek() != c) ++in.at_;
        value(body.substr(first, in.at_ - first));
        ++in.at_;
      } else if (is_digit(c)) {
        in.take_number();
      } else if (is_word_start(c)) {
        in.take_name();
      } else {
        in.take_sign();
      }
    }
  }

  void value(std::string_view body) {
    if (depth_ > 4 || body.find('#') == std::string_view::npos) {
      push(TokenKind::kText, body, at_);
      return;
    }
    push_sign("(", at_);
    ++depth_;
    bool code = false;
    while (true) {
      const std::size_t mark = body.find('#');
      const std::string_view part = body.substr(0, mark);
      if (code) {
        push_sign("(", at_);
        expression(part);
        push_sign(")", at_);
      } else {
        push(TokenKind::kText, part, at_);
      }
      if (mark == std::string_view::npos) break;
      push_sign("&", at_);
      body.remove_prefix(mark + 1);
      code = !code;
    }
    --depth_;
    push_sign(")", at_);
  }

  void attributes(std::string_view name, std::size_t offset) {
    const std::string_view body = tag_body();
    push(TokenKind::kName, name, offset);
    push_sign("(", offset);
    std::size_t at = 0;
    bool first = true;
    while (at < body.size()) {
      while (at < body.size() && !is_word(body[at])) ++at;
      const std::size_t start = at;
      while (at < body.size() && is_word(body[at])) ++at;
      const std::string_view key = arena_.lower(body.substr(start, at - start));
      while (at < body.size() && is_blank(body[at])) ++at;
      if (at >= body.size() || body[at] != '=' || key.empty()) continue;
      ++at;
      while (at < body.size() && is_blank(body[at])) ++at;
      std::string_view text;
      if (at < body.size() && (body[at] == '"' || body[at] == '\'')) {
        const std::size_t close = body.find(body[at], at + 1);
        text =
            body.substr(at + 1, (close == std::string_view::npos ? body.size() : close) - at - 1);
        at = close == std::string_view::npos ? body.size() : close + 1;
      } else {
        const std::size_t from = at;
        while (at < body.size() && !is_blank(body[at])) ++at;
        text = body.substr(from, at - from);
      }
      if (!first) push_sign(",", offset);
      first = false;
      push(TokenKind::kName, key, offset);
      push_sign("=", offset);
      value(text);
    }
    push_sign(")", offset);
    push_sign(";", offset);
  }

  int depth_ = 0;
};

}  // namespace

void lex_cfml(std::string_view page, Arena& arena, Tokens& out) {
  CfmlLexer(page, arena, out).run();
}

}  // namespace konseki::webshell
