// Statements of the languages with braces: PHP, Perl, Java, C#, JScript, Python (braces from
// indentation), CFML.
#include <algorithm>

#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/word_list.h"

namespace konseki::webshell {
namespace {

// Words that begin statements of other languages are names in Python.
bool begins_python(std::string_view word) {
  static constexpr std::array<std::string_view, 17> kWords = {
      "if",    "elif",     "else",  "while",  "for",  "try",  "except", "finally", "return",
      "break", "continue", "class", "import", "from", "with", "def",    "global"};
  return is_one_of(word, kWords);
}

}  // namespace

void Interpreter::block(std::uint32_t end) {
  while (at_ < end && at_ < end_ && !stop_) {
    const std::uint32_t before = at_;
    if (basic()) {
      basic_statement();
    } else {
      statement();
    }
    if (at_ == before) ++at_;
    if (!step()) return;
  }
}

void Interpreter::return_value(const Value& value) {
  if (frame_->has_result) {
    frame_->result = merged(frame_->result, value);
    if (!value.is_text() || frame_->result.text != value.text) {
      if (frame_->result.has(kForeign)) frame_->result.kind = Value::Kind::kUnknown;
    }
  } else {
    frame_->result = value;
    frame_->has_result = true;
  }
  if (condition_ == 0) stop_ = frame_ != &global_;
}

void Interpreter::class_body() {
  // now() is "{"
  const std::uint32_t close = now().match > at_ ? now().match : end_;
  ++at_;
  const bool outer = in_class_;
  in_class_ = true;
  const std::uint32_t end = end_;
  end_ = std::min(end_, close);
  block(end_);
  end_ = end;
  in_class_ = outer;
  stop_ = false;
  at_ = std::min(close + 1, end_);
}

std::uint32_t Interpreter::statement_end(std::uint32_t at) const {
  // The end of the statement that begins at `at`: its block, or its semicolon.
  const Tokens& tokens = code_->tokens;
  while (at < end_) {
    const Token& token = tokens[at];
    if (token.is("{") && token.match > at) return token.match + 1;
    if (token.is(";")) return at + 1;
    if ((token.is("(") || token.is("[")) && token.match > at) {
      at = token.match;
    } else if (token.is("}")) {
      return at;
    }
    ++at;
  }
  return end_;
}

void Interpreter::conditional() {
  // if, elseif, while without a block of their own: the condition, then the statement.
  const bool may_choose = condition_ == computed_ && (now().name("if") || now().name("elseif"));
  Value holds;
  ++at_;
  if (now().is("(")) {
    const std::uint32_t close = now().match;
    ++at_;
    if (close >= at_) {
      const std::uint32_t end = end_;
      end_ = std::min(end_, close);
      while (at_ < end_) {
        const std::uint32_t before = at_;
        holds = expression();
        if (at_ == before || at_ < end_) ++at_;
      }
      end_ = end;
      at_ = close + 1;
    }
  }
  if (python()) {
    expression();
    python_suite();
    return;
  }
  if (now().is(":") || now().is(";")) {
    ++at_;
    return;
  }
  // In a round that is computed the branch is known when its condition is.
  if (may_choose && (holds.is_number() || holds.is_text())) {
    if (holds.is_number() ? holds.number == 0 : holds.text.empty() || holds.text == "0") {
      at_ = statement_end(at_);
      return;
    }
    statement();
    while (now().name("else") || now().name("elseif")) {
      while (now().name("else") || now().name("elseif") || now().name("if")) ++at_;
      if (now().is("(") && now().match > at_) at_ = now().match + 1;
      at_ = statement_end(at_);
    }
    return;
  }
  ++condition_;
  statement();
  --condition_;
  if (stop_ && condition_ == 0) stop_ = false;
}

void Interpreter::statement() {
  if (++depth_ > 190) {
    facts_.cut = true;
    const std::uint32_t match = now().match;
    at_ = match > at_ ? std::min(match + 1, end_) : std::min(at_ + 1, end_);
    --depth_;
    return;
  }
  const Token& token = now();
  if (token.kind == TokenKind::kSign) {
    if (token.is("{")) {
      const std::uint32_t close = token.match > at_ ? token.match : end_;
      ++at_;
      const std::uint32_t end = end_;
      end_ = std::min(end_, close);
      if (python()) ++condition_;  // what is indented belongs to a condition or a loop
      block(end_);
      if (python()) --condition_;
      end_ = end;
      at_ = std::min(close + 1, end_);
      --depth_;
      return;
    }
    if (token.is(";") || token.is("}") || token.is(")") || token.is("]") || token.is(",") ||
        token.is(":")) {
      ++at_;
      --depth_;
      return;
    }
    if (token.sign == sign("#") && php()) {
      ++at_;
      --depth_;
      return;
    }
  }
  if (token.kind == TokenKind::kBreak) {
    ++at_;
    --depth_;
    return;
  }
  if (token.kind == TokenKind::kName && (!python() || begins_python(token.text))) {
    const std::string_view word = token.text;
    bool handled = true;
    if (word == "if" || word == "elseif" || word == "elsif" || word == "switch" ||
        word == "catch" || word == "unless" || word == "using" || word == "lock" ||
        word == "elif" || word == "until") {
      conditional();
    } else if (word == "while" || word == "for" || word == "do") {
      if (python()) {
        if (word == "for") {
          ++at_;
          const std::string_view name = now().text;
          while (at_ < end_ && !now().name("in") && now().kind != TokenKind::kBreak) ++at_;
          if (at_ < end_) ++at_;
          const Value list = expression();
          frame_->at(name) = Value::unknown(list.traits & ~kPrefixed);
        } else {
          ++at_;
          expression();
        }
        python_suite();
      } else if (perl() && word == "for") {
        for_each();
      } else {
        loop(word);
      }
    } else if (word == "foreach") {
      for_each();
    } else if (python() &&
               (word == "else" || word == "try" || word == "finally" || word == "except")) {
      ++at_;
      python_suite();
    } else if (word == "else" || word == "try" || word == "finally") {
      ++at_;
      if (now().is(":")) ++at_;
      const bool chosen = condition_ == computed_;  // by the condition before it
      if (!chosen) ++condition_;
      if (at_ < end_) statement();
      if (!chosen) --condition_;
      if (stop_ && condition_ == 0 && !chosen) stop_ = false;
    } else if (word == "return") {
      ++at_;
      const Value value = now().is(";") || now().kind == TokenKind::kBreak ? Value{} : expression();
      return_value(value);
    } else if (word == "break" || word == "continue" || word == "last") {
      ++at_;
      if (condition_ == computed_) {
        stop_ = true;
        next_round_ = word == "continue";
      }
    } else if ((word == "class" || word == "trait" || word == "interface" || word == "enum" ||
                word == "namespace") &&
               ahead().kind == TokenKind::kName) {
      std::uint32_t body = at_ + 1;
      while (body < end_ && body < at_ + 60 && !code_->tokens[body].is("{") &&
             !code_->tokens[body].is(";"))
        ++body;
      if (body < end_ && code_->tokens[body].is("{")) {
        at_ = body;
        if (word == "namespace") {
          statement();
        } else {
          class_body();
        }
      } else {
        at_ = std::min(body + 1, end_);
      }
    } else if (word == "global" && php()) {
      ++at_;
      for (; at_ < end_ && !now().is(";"); ++at_) {
        if (now().kind == TokenKind::kVariable && frame_ != &global_) frame_->share(now().text);
      }
    } else if (word == "case") {
      ++at_;
      expression();
    } else if (python() && (word == "import" || word == "from")) {
      python_import();
    } else if (python() && word == "with") {
      python_with();
    } else if (word == "import" || word == "package" || word == "use" || word == "goto" ||
               word == "from") {
      while (at_ < end_ && !now().is(";") && now().kind != TokenKind::kBreak) ++at_;
    } else if (word == "const" && php() && ahead().kind == TokenKind::kName) {
      do {  // const A = 'x', B = 'y';
        ++at_;
        while (ahead().kind == TokenKind::kName) ++at_;  // its type
        const std::string_view name = now().text;
        ++at_;
        if (!now().is("=")) break;
        ++at_;
        global_.at(arena_.keep("#" + std::string(name))) = expression();
      } while (now().is(",") && ahead().kind == TokenKind::kName);
    } else if (skip_function()) {
    } else if (ahead().is(":") && !ahead(2).is(":") && php()) {
      at_ += 2;  // a label
    } else {
      handled = false;
    }
    if (handled) {
      --depth_;
      return;
    }
    if (in_class_ && php()) {
      // public static ?Type $name = value;
      std::uint32_t name = at_;
      while (name < end_ && name < at_ + 6 &&
             (code_->tokens[name].kind == TokenKind::kName || code_->tokens[name].is("?") ||
              code_->tokens[name].is("|"))) {
        if (code_->tokens[name].name("function")) break;
        ++name;
      }
      if (name < end_ && code_->tokens[name].kind == TokenKind::kVariable) {
        const std::string_view field = arena_.keep("->" + std::string(code_->tokens[name].text));
        at_ = name + 1;
        if (now().is("=")) {
          ++at_;
          global_.at(field) = expression();
        } else {
          global_.at(field);
        }
        --depth_;
        return;
      }
      while (name > at_ && (name == end_ || (!code_->tokens[name].name("function") &&
                                             !code_->tokens[name].name("const")))) {
        --name;  // private const NAME = …
      }
      if (name < end_ && (code_->tokens[name].name("function") || name > at_)) {
        at_ = name;
        --depth_;
        return;
      }
    }
  }
  if (python() && python_targets()) {
    --depth_;
    return;
  }
  // An expression; where two operands follow each other, the first was a type.
  const Operand first = operand(1);
  std::uint32_t before = at_;
  while (at_ < end_ && !now().is(";") && !now().is("}") && !now().is("{") &&
         now().kind != TokenKind::kBreak) {
    if (sigils() && now().kind == TokenKind::kName) {
      break;  // Perl's trailing `if`, PHP's next statement after a tag
    }
    if (!sigils() && now().kind == TokenKind::kName) {
      if (skip_function()) break;
      const std::string_view name = now().text;
      const Operand next = operand(1);
      if (next.place.kind == Place::Kind::kVariable && !first.path.empty()) {
        Value& slot = frame_->at(name);
        if (slot.type.empty()) {
          const std::size_t dot = first.path.rfind('.');
          slot.type = dot == std::string_view::npos ? first.path : first.path.substr(dot + 1);
        }
      }
    } else if (now().is(",")) {
      ++at_;
      operand(1);
    } else {
      ++at_;
    }
    if (at_ == before) break;
    before = at_;
    if (!step()) break;
  }
  if (now().is(";") || now().kind == TokenKind::kBreak) {
    if (at_ < end_) ++at_;
  }
  --depth_;
}

}  // namespace konseki::webshell
