// Statements of the languages with braces: PHP, Perl, Java, C#, JScript, Python (braces from
// indentation), CFML.
#include <algorithm>

#include "agent/match/webshell/interpreter.h"

namespace konseki::webshell {

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

// Functions may be called before they are written, so all are found first.
void Interpreter::declare_functions(const Code& code) {
  const Tokens& tokens = code.tokens;
  const auto add = [&](std::string_view name, std::uint32_t open, std::uint32_t close,
                       std::uint32_t begin, std::uint32_t end) {
    Function& function = functions_.emplace_back();
    function.name = name;
    function.code = &code;
    function.begin = begin;
    function.end = end;
    ++facts_.functions;
    const bool sigil = code.language == ScriptLanguage::kPhp;
    for (std::uint32_t i = open + 1; i < close; ++i) {
      const Token& part = tokens[i];
      if (sigil ? part.kind == TokenKind::kVariable
                : part.kind == TokenKind::kName &&
                      (tokens[i + 1].is(",") || tokens[i + 1].is(")") || tokens[i + 1].is("=") ||
                       tokens[i + 1].name("as") || tokens[i + 1].is(":"))) {
        if (sigil && tokens[i - 1].is("&") && function.parameters.size() < 32) {
          function.references |= 1U << function.parameters.size();
        }
        function.parameters.push_back(part.text);
      }
    }
    if (!name.empty()) function_of_[name] = &function;
  };
  const auto size = static_cast<std::uint32_t>(tokens.size());
  for (std::uint32_t i = 0; i + 2 < size; ++i) {
    const Token& token = tokens[i];
    if (token.kind != TokenKind::kName) continue;
    switch (code.language) {
      case ScriptLanguage::kPhp:
      case ScriptLanguage::kJScript:
      case ScriptLanguage::kCfml: {
        if (token.text != "function") break;
        const std::uint32_t name = tokens[i + 1].is("&") ? i + 2 : i + 1;
        if (name + 1 >= size || tokens[name].kind != TokenKind::kName || !tokens[name + 1].is("("))
          break;
        const std::uint32_t close = tokens[name + 1].match;
        if (close == 0) break;
        std::uint32_t body = close + 1;
        while (body < size && body < close + 8 && !tokens[body].is("{") && !tokens[body].is(";"))
          ++body;
        if (body >= size || !tokens[body].is("{")) break;
        add(tokens[name].text, name + 1, close, body + 1,
            tokens[body].match > body ? tokens[body].match : size);
        break;
      }
      case ScriptLanguage::kPerl:
        if (token.text == "sub" && tokens[i + 1].kind == TokenKind::kName) {
          std::uint32_t body = i + 2;
          while (body < size && body < i + 10 && !tokens[body].is("{") && !tokens[body].is(";"))
            ++body;
          if (body < size && tokens[body].is("{")) {
            add(tokens[i + 1].text, 0, 0, body + 1,
                tokens[body].match > body ? tokens[body].match : size);
          }
        }
        break;
      case ScriptLanguage::kPython:
        if (token.text == "def" && tokens[i + 1].kind == TokenKind::kName &&
            tokens[i + 2].is("(")) {
          const std::uint32_t close = tokens[i + 2].match;
          std::uint32_t body = close + 1;
          while (close != 0 && body < size && body < close + 8 && !tokens[body].is("{")) ++body;
          if (close != 0 && body < size && tokens[body].is("{")) {
            add(tokens[i + 1].text, i + 2, close, body + 1,
                tokens[body].match > body ? tokens[body].match : size);
          }
        }
        break;
      case ScriptLanguage::kJava:
      case ScriptLanguage::kCSharp: {
        // Type name(parameters) [throws X] {
        if (!tokens[i + 1].is("(") || i == 0) break;
        const Token& previous = tokens[i - 1];
        const bool type = (previous.kind == TokenKind::kName && previous.text != "new" &&
                           previous.text != "return" && previous.text != "else") ||
                          previous.is("]") || previous.is(">");
        const std::uint32_t close = tokens[i + 1].match;
        if (!type || close == 0) break;
        std::uint32_t body = close + 1;
        if (body < size && tokens[body].name("throws")) {
          while (body < size && body < close + 16 && !tokens[body].is("{")) ++body;
        }
        if (body >= size || !tokens[body].is("{")) break;
        add(token.text, i + 1, close, body + 1,
            tokens[body].match > body ? tokens[body].match : size);
        break;
      }
      case ScriptLanguage::kVbScript:
      case ScriptLanguage::kVbNet: {
        if (token.text != "function" && token.text != "sub") break;
        if (i > 0 && (tokens[i - 1].name("end") || tokens[i - 1].name("exit"))) break;
        if (tokens[i + 1].kind != TokenKind::kName) break;
        std::uint32_t close = 0;
        std::uint32_t body = i + 2;
        if (tokens[i + 2].is("(")) {
          close = tokens[i + 2].match;
          if (close == 0) break;
          body = close + 1;
        }
        std::uint32_t end = body;
        while (end + 1 < size && !(tokens[end].name("end") && tokens[end + 1].text == token.text))
          ++end;
        if (end + 1 >= size) end = size;
        add(tokens[i + 1].text, i + 2, close, body, end);
        break;
      }
      default:
        break;
    }
  }
}

// Steps over a declaration that was found before.
bool Interpreter::skip_function() {
  // The innermost frame's declarations come in order: look for one whose body lies ahead soon.
  const Token& token = now();
  std::uint32_t open = 0;
  if (language() == ScriptLanguage::kPerl || language() == ScriptLanguage::kPhp ||
      language() == ScriptLanguage::kJScript || language() == ScriptLanguage::kCfml ||
      language() == ScriptLanguage::kPython) {
    const bool word = perl()                                  ? token.text == "sub"
                      : language() == ScriptLanguage::kPython ? token.text == "def"
                                                              : token.text == "function";
    if (!word) return false;
    const std::uint32_t name = ahead().is("&") ? 2 : 1;
    if (ahead(name).kind != TokenKind::kName) return false;
    open = at_ + name + 1;
    while (open < end_ && open < at_ + 400 && !code_->tokens[open].is("{") &&
           !code_->tokens[open].is(";")) {
      const std::uint32_t match = code_->tokens[open].is("(") ? code_->tokens[open].match : 0;
      open = match > open ? match + 1 : open + 1;
    }
  } else {
    if (!ahead().is("(") || at_ == 0) return false;
    const std::uint32_t close = ahead().match;
    if (close == 0 || close + 1 >= end_) return false;
    open = close + 1;
    if (code_->tokens[open].name("throws")) {
      while (open < end_ && open < close + 16 && !code_->tokens[open].is("{")) ++open;
    }
    const Token& previous = code_->tokens[at_ - 1];
    const bool type = (previous.kind == TokenKind::kName && previous.text != "new" &&
                       previous.text != "return" && previous.text != "else") ||
                      previous.is("]") || previous.is(">");
    if (!type) return false;
  }
  if (open >= end_) return false;
  if (code_->tokens[open].is(";")) {
    at_ = open + 1;
    return true;
  }
  if (!code_->tokens[open].is("{")) return false;
  at_ = code_->tokens[open].match > open ? code_->tokens[open].match + 1 : end_;
  return true;
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

// Variables that a loop changes are not what they were before it.
void Interpreter::forget_changed(std::uint32_t begin, std::uint32_t end) {
  const Tokens& tokens = code_->tokens;
  for (std::uint32_t i = begin; i < end && i + 1 < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind != TokenKind::kVariable && (sigils() || token.kind != TokenKind::kName))
      continue;
    const Token& next = tokens[i + 1];
    const bool changed = next.is(".=") || next.is("+=") || next.is("++") || next.is("--") ||
                         next.is("-=") || next.is("^=") ||
                         (i > 0 && (tokens[i - 1].is("++") || tokens[i - 1].is("--")));
    if (!changed) continue;
    Value* slot = frame_->find(token.text);
    if (slot == nullptr) continue;
    if (slot->kind == Value::Kind::kText || slot->kind == Value::Kind::kNumber) {
      slot->kind = Value::Kind::kUnknown;
      slot->traits |= kOpaque;
    }
  }
}

void Interpreter::computed_loop(std::uint32_t condition, std::uint32_t step_at, std::uint32_t body,
                                std::uint32_t after) {
  // Rounds are computed while the condition is a known truth.
  const std::uint32_t end = end_;
  std::uint32_t rounds = 0;
  // Only loops that make texts are worth it.
  bool useful = false;
  for (std::uint32_t i = body; i < after && !useful; ++i) {
    const Token& token = code_->tokens[i];
    useful = token.is(".=") || token.is("^") || token.is("^=") || token.name("chr") ||
             token.name("ord") || token.name("fromcharcode") || token.name("charat") ||
             token.name("substr");
  }
  const std::uint32_t steps = limits_.steps;
  const auto affordable = [&] { return steps - limits_.steps < limits_.loop_steps; };
  while (useful && limits_.rounds > 0 && affordable() && rounds < 20000 && step()) {
    at_ = condition;
    const Value holds = condition == step_at ? Value::of_number(1) : expression();
    if (!holds.is_number() && !holds.is_text()) break;
    if (holds.is_number() ? holds.number == 0 : holds.text.empty()) {
      at_ = after;
      return;
    }
    --limits_.rounds;
    ++rounds;
    at_ = body;
    end_ = after;
    if (now().is("{")) {
      ++at_;
      block(after - 1);
    } else {
      statement();
    }
    end_ = end;
    if (stop_) {
      stop_ = frame_->has_result && frame_ != &global_ && condition_ == 0;
      at_ = after;
      return;
    }
    if (step_at < body && step_at > condition) {
      at_ = step_at;
      end_ = body;
      while (at_ < body && !now().is(")")) {
        const std::uint32_t before = at_;
        expression();
        if (now().is(",")) ++at_;
        if (at_ == before) break;
      }
      end_ = end;
    }
  }
  limits_.loop_steps -= std::min(limits_.loop_steps, steps - limits_.steps);
  // Not constant, or too long: read once with what it changes unknown.
  forget_changed(condition, after);
  at_ = condition;
  if (condition != step_at) expression();
  ++condition_;
  at_ = body;
  end_ = std::min(end, after);
  if (now().is("{")) {
    ++at_;
    block(after > 0 ? after - 1 : after);
  } else {
    statement();
  }
  end_ = end;
  --condition_;
  stop_ = stop_ && condition_ == 0 && frame_ != &global_ && frame_->has_result;
  forget_changed(condition, after);
  at_ = after;
}

void Interpreter::loop(std::string_view word) {
  ++at_;
  if (word == "do") {
    const std::uint32_t body = at_;
    const std::uint32_t after = statement_end(at_);
    forget_changed(body, after);
    ++condition_;
    if (now().is("{")) {
      ++at_;
      block(after > body + 1 ? after - 1 : after);
    } else {
      statement();
    }
    --condition_;
    forget_changed(body, after);
    at_ = after;
    return;
  }
  if (!now().is("(")) return;
  const std::uint32_t close = now().match;
  if (close <= at_) {
    ++at_;
    return;
  }
  ++at_;
  std::uint32_t condition = at_;
  std::uint32_t step_at = close;
  if (word == "for") {
    std::uint32_t first = at_;
    while (first < close && !code_->tokens[first].is(";")) {
      const std::uint32_t match = code_->tokens[first].match;
      first = match > first ? match + 1 : first + 1;
    }
    if (first >= close) {  // for (Type x : list), for (x in list)
      std::uint32_t in = at_;
      std::uint32_t name = 0;
      while (in < close && !code_->tokens[in].is(":") && !code_->tokens[in].name("in")) {
        if (code_->tokens[in].kind == TokenKind::kName ||
            code_->tokens[in].kind == TokenKind::kVariable)
          name = in;
        ++in;
      }
      if (in < close && name != 0) {
        at_ = in + 1;
        const Value list = expression();
        frame_->at(code_->tokens[name].text) = Value::unknown(list.traits & ~kPrefixed);
      }
      at_ = close + 1;
      const std::uint32_t after = statement_end(at_);
      forget_changed(at_, after);
      ++condition_;
      statement();
      --condition_;
      at_ = std::max(at_, after);
      return;
    }
    // The first part is read as statements.
    const std::uint32_t end = end_;
    end_ = first;
    while (at_ < first) {
      const std::uint32_t before = at_;
      statement();
      if (now().is(",")) ++at_;
      if (at_ == before) ++at_;
    }
    end_ = end;
    condition = first + 1;
    step_at = condition;
    while (step_at < close && !code_->tokens[step_at].is(";")) {
      const std::uint32_t match = code_->tokens[step_at].match;
      step_at = match > step_at ? match + 1 : step_at + 1;
    }
    const bool endless = step_at == condition;
    step_at = std::min(step_at + 1, close);
    if (endless) condition = step_at;
  }
  const std::uint32_t body = close + 1;
  if (body < end_ && code_->tokens[body].is(":")) {  // for (…): … endfor;
    at_ = body + 1;
    forget_changed(condition, std::min(end_, body + 2000));
    return;
  }
  computed_loop(condition, step_at, body, statement_end(body));
}

void Interpreter::for_each() {
  ++at_;
  if (perl()) {
    if (now().name("my")) ++at_;
    Place place;
    place.kind = Place::Kind::kVariable;
    place.name = "_";
    if (now().kind == TokenKind::kVariable) {
      place.name = now().text;
      ++at_;
    }
    if (now().is("(")) assign(place, Value::unknown(expression().traits & ~kPrefixed));
    return;
  }
  if (!now().is("(")) return;
  const std::uint32_t close = now().match;
  if (close <= at_) return;
  ++at_;
  if (!php()) {  // foreach (Type x in list)
    std::string_view name;
    while (at_ < close && !now().name("in")) {
      if (now().kind == TokenKind::kName) name = now().text;
      ++at_;
    }
    if (at_ < close) ++at_;
    const Value list = expression();
    if (!name.empty()) frame_->at(name) = Value::unknown(list.traits & ~kPrefixed);
    at_ = close + 1;
    return;
  }
  const Value list = expression();
  if (now().name("as")) ++at_;
  if (now().is("&")) ++at_;
  Operand first = now().is("[") || now().name("list") ? Operand{} : unary();
  Operand second;
  bool pair = false;
  if (now().is("=>")) {
    ++at_;
    if (now().is("&")) ++at_;
    second = unary();
    pair = true;
  } else if (now().is("[") || now().name("list")) {
    for (std::uint32_t i = at_; i < close; ++i) {
      if (code_->tokens[i].kind == TokenKind::kVariable) {
        frame_->at(code_->tokens[i].text) = Value::unknown(list.traits & ~kPrefixed);
      }
    }
  }
  at_ = close + 1;
  const std::uint32_t body = at_;
  const std::uint32_t after = statement_end(body);
  const Place value_place = pair ? second.place : first.place;
  // Constant arrays are walked when that makes a text.
  bool useful = false;
  for (std::uint32_t i = body; i < after && !useful; ++i) useful = code_->tokens[i].is(".=");
  if (list.array != nullptr && list.kind == Value::Kind::kArray && useful &&
      list.array->elements.size() < 20000) {
    for (std::size_t i = 0; i < list.array->elements.size() && limits_.rounds > 0 && step(); ++i) {
      --limits_.rounds;
      const auto element = list.array->elements[i];
      if (pair) assign(first.place, Value::of_text(element.first));
      assign(value_place, element.second);
      at_ = body;
      const std::uint32_t end = end_;
      end_ = std::min(end_, after);
      statement();
      end_ = end;
      if (stop_) break;
    }
    stop_ = stop_ && frame_->has_result && frame_ != &global_ && condition_ == 0;
    at_ = after;
    return;
  }
  ++condition_;
  if (pair) assign(first.place, Value::unknown(list.traits & (kForeign | kStored)));
  Value element = Value::unknown(list.traits & ~kPrefixed);
  // foreach (array('_GET', '_POST') as $n) foreach ($$n as $k => $v): one of them stands for all.
  if (list.array != nullptr) {
    for (const auto& [key, value] : list.array->elements) {
      if (value.is_text() && (value.text == "_POST" || value.text == "_GET" ||
                              value.text == "_REQUEST" || value.text == "_COOKIE")) {
        element = value;
        break;
      }
    }
  }
  assign(value_place, element);
  if (now().is(":")) {
    ++at_;
    --condition_;
    return;
  }
  forget_changed(body, after);
  statement();
  --condition_;
  stop_ = stop_ && condition_ == 0 && frame_ != &global_ && frame_->has_result;
  at_ = std::max(at_, std::min(after, end_));
}

void Interpreter::conditional() {
  // if, elseif, while without a block of their own: the condition, then the statement.
  ++at_;
  if (now().is("(")) {
    const std::uint32_t close = now().match;
    ++at_;
    if (close >= at_) {
      const std::uint32_t end = end_;
      end_ = std::min(end_, close);
      while (at_ < end_) {
        const std::uint32_t before = at_;
        expression();
        if (at_ == before || at_ < end_) ++at_;
      }
      end_ = end;
      at_ = close + 1;
    }
  } else if (language() == ScriptLanguage::kPython) {
    expression();
    return;
  }
  if (now().is(":") || now().is(";")) {
    ++at_;
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
      block(end_);
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
  if (token.kind == TokenKind::kName) {
    const std::string_view word = token.text;
    bool handled = true;
    if (word == "if" || word == "elseif" || word == "elsif" || word == "switch" ||
        word == "catch" || word == "unless" || word == "using" || word == "lock" ||
        word == "elif" || word == "until") {
      conditional();
    } else if (word == "while" || word == "for" || word == "do") {
      if (language() == ScriptLanguage::kPython) {
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
      } else if (perl() && word == "for") {
        for_each();
      } else {
        loop(word);
      }
    } else if (word == "foreach") {
      for_each();
    } else if (word == "else" || word == "try" || word == "finally") {
      ++at_;
      if (now().is(":")) ++at_;
      ++condition_;
      if (at_ < end_ && language() != ScriptLanguage::kPython) statement();
      --condition_;
      if (stop_ && condition_ == 0) stop_ = false;
    } else if (word == "return") {
      ++at_;
      const Value value = now().is(";") || now().kind == TokenKind::kBreak ? Value{} : expression();
      return_value(value);
    } else if (word == "break" || word == "continue" || word == "last") {
      ++at_;
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
    } else if (word == "import" || word == "package" || word == "use" || word == "goto" ||
               word == "from") {
      while (at_ < end_ && !now().is(";") && now().kind != TokenKind::kBreak) ++at_;
    } else if (word == "const" && php() && ahead().kind == TokenKind::kName) {
      const std::string_view name = ahead().text;
      at_ += 2;
      if (now().is("=")) {
        ++at_;
        const Value value = expression();
        global_.at(arena_.keep("#" + std::string(name))) = value;
      }
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
      if (name < end_ && code_->tokens[name].name("function")) {
        at_ = name;
        --depth_;
        return;
      }
    }
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
