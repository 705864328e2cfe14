// Operands that begin with a name: keywords, calls, classes, variables of languages without sigils.
#include <algorithm>

#include "agent/match/webshell/interpreter.h"

namespace konseki::webshell {
namespace {

bool is_statement_word(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kWords = {
      "if",     "else", "elseif", "while", "for", "foreach",
      "switch", "case", "try",    "catch", "do",  "finally"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

constexpr std::string_view kAnonymous = "class@anonymous";  // as PHP calls it

}  // namespace

// Perl's my $a and my ($a, $b): variables of this frame.
Interpreter::Operand Interpreter::declared() {
  ++at_;
  const std::uint32_t close = now().is("(") ? now().match : at_;
  for (std::uint32_t i = at_; i <= close && i < end_; ++i) {
    if (code_->tokens[i].kind == TokenKind::kVariable) frame_->at(code_->tokens[i].text) = Value{};
  }
  return unary();
}

// Words that are no names. `done` stays false for all others.
Interpreter::Operand Interpreter::keyword(std::string_view word, bool& done) {
  done = true;
  switch (word.size()) {
    case 2:
      if (word == "fn" && php()) return closure();
      if (word == "my" && perl()) return declared();
      break;
    case 3:
      if (word == "new") return new_object();
      if (word == "not") {
        ++at_;
        operand(11);
        return {};
      }
      if (word == "sub" && perl()) return closure();
      if (word == "our" && perl()) return ++at_, unary();
      if (word == "die" && now().is("(")) break;
      if (word == "var" && !php()) return ++at_, unary();
      if (word == "let" || word == "ref" || word == "out") {
        if (!php()) return ++at_, unary();
      }
      break;
    case 4:
      if (word == "true") return ++at_, Operand{Value::of_number(1), {}, {}};
      if (word == "null") return ++at_, Operand{Value::of_text({}), {}, {}};
      if (word == "echo" || (word == "list" && php() && ahead().is("("))) {
        if (word == "echo") return ++at_, operand(1);
        break;
      }
      if (word == "case" || word == "goto") return ++at_, Operand{};
      break;
    case 5:
      if (word == "false") return ++at_, Operand{Value::of_number(0), {}, {}};
      if (word == "isset" || word == "empty") {
        ++at_;
        if (now().is("(")) {
          Arguments list;
          ++at_;
          arguments(list, ")");
        }
        return {};
      }
      if (word == "yield" && php()) {
        ++at_;
        Value given = now().is(";") || now().is(")") ? Value{} : expression(2);
        if (now().is("=>")) {
          ++at_;
          given = merged(given, expression(2));
        }
        given.kind = Value::Kind::kUnknown;
        frame_->result = frame_->has_result ? merged(frame_->result, given) : given;
        frame_->has_result = true;
        return {};
      }
      if (word == "match" && php() && ahead().is("(") && ahead().match > at_ &&
          ahead().match + 1 < end_ && code_->tokens[ahead().match + 1].is("{")) {
        return match_operand();
      }
      if (word == "clone" || word == "throw" || word == "yield" || word == "await") {
        return ++at_, operand(2);
      }
      if (word == "print" && !perl()) {
        return ++at_, operand(2);
      }
      if (word == "array" && php() && ahead().is("(")) {
        at_ += 2;
        return {array_literal(")"), {}, {}};
      }
      if (word == "local" && perl()) return declared();
      break;
    case 6:
      if (word == "static" || word == "return") {
        if (word == "static" && ahead().is("::")) break;
        ++at_;
        if (word == "static" && (now().name("function") || now().name("fn"))) return closure();
        return operand(1);
      }
      if (word == "lambda" && python()) return python_lambda();
      break;
    case 7:
      if (php() && (word == "include" || word == "require")) {
        return include_operand(word);
      }
      break;
    case 8:
      if (word == "function" && (php() || language() == ScriptLanguage::kJScript)) return closure();
      break;
    case 12:
      if (php() && (word == "include_once" || word == "require_once")) {
        return include_operand(word);
      }
      break;
    default:
      break;
  }
  done = false;
  return {};
}

Interpreter::Operand Interpreter::name_operand() {
  const Token& token = now();
  const std::uint32_t here = at_;
  bool done = false;
  Operand special = keyword(token.text, done);
  if (done) return special;
  if (sigils() && is_statement_word(token.text)) return {};  // a statement begins
  ++at_;
  // "eval" and Perl's functions need no brackets.
  const bool word_call = (php() && token.text == "eval") ||
                         (perl() && !now().is("(") && !now().is("=>") && !now().is("}") &&
                          !now().is("->") && !now().is("::") && entry(token.text) != nullptr &&
                          (here == 0 || !code_->tokens[here - 1].is("->")));
  if (word_call && !now().is("(")) {
    if (perl() && (token.text == "print" || token.text == "printf")) {
      if (now().is("{") || (now().kind == TokenKind::kName && !now().is("<stdin>"))) {
        const std::uint32_t match = now().match;
        at_ = match > at_ ? match + 1 : at_ + 1;  // a file handle
      }
      Arguments list;
      implicit_arguments(list);
      return {Value::unknown(list.traits), {}, {}};
    }
    if (perl() && token.text == "eval" && now().is("{")) return {};  // a guarded block
    Arguments list;
    implicit_arguments(list);
    site_ = here;
    Operand callee;
    callee.path = token.text;
    return call(callee, list, here);
  }
  Operand result;
  result.path = python() ? python_name(token.text) : token.text;
  if (now().is("(")) {
    // Declarations of methods look like calls; they were found before.
    return result;
  }
  if (php() && now().is(".") && ahead().kind == TokenKind::kName && !ahead(2).is("(") &&
      now().offset == token.offset + token.text.size() && ahead().offset == now().offset + 1 &&
      (ahead().text == "php" || ahead().text == "phtml")) {
    // fopen(c.php, w): PHP 5 took names without quotes for texts; the dot it took for its operator.
    result.value = Value::of_text(
        code_->text.substr(token.offset, token.text.size() + 1 + ahead().text.size()));
    at_ += 2;
    return result;
  }
  if (php()) {
    // A constant: its value, or PHP's habit of taking its name.
    if (const Value* known = global_.find(arena_.keep("#" + std::string(token.text)))) {
      result.value = *known;
    } else if (token.text == "__class__" || token.text == "__function__") {
      if (current_ != nullptr) {
        result.value = Value::of_text(token.text == "__class__" ? current_->owner : current_->name);
      }
    } else if (token.text == "__file__") {
      result.value.traits = kSelf;
    } else if (now().is("::") || now().is("\\")) {
      result.value.type = token.text;
    } else if (token.text == "php_os" || token.text == "directory_separator" ||
               token.text == "__dir__" || token.text == "php_eol") {
    } else {
      result.value = Value::of_text(code_->text.substr(token.offset, token.text.size()));
    }
    return result;
  }
  if (perl()) {
    if (now().is("::")) return result;
    if (token.text == "<stdin>") {
      result.value.traits = kInput;
      fact(FactKind::kSource, "standard input");
      return result;
    }
    if (token.text == "<handle>") {
      result.value.traits = kFileData;
      return result;
    }
    result.value = Value::of_text(token.text);
    return result;
  }
  if (language() == ScriptLanguage::kJScript && now().is(":") && ahead().kind == TokenKind::kName &&
      ahead(2).is("=")) {
    at_ += 2;  // var name : Type = value
  }
  // eval as a value: it is given another name.
  if (language() == ScriptLanguage::kJScript && token.text == "eval" && !now().is("="))
    fact(FactKind::kHiddenName, "eval");
  // Without sigils a name is a variable, a class or an object of the server.
  result.place.kind = Place::Kind::kVariable;
  result.place.name = token.text;
  Value* found = frame_->find(token.text);
  if (found == nullptr && frame_ != &global_) found = global_.find(token.text);
  if (found != nullptr) {
    result.value = *found;
    if (!found->type.empty()) result.path = {};
    return result;
  }
  if (const NameEntry* known = entry(result.path)) {
    if (python() && dangerous(result.path)) result.value.type = result.path;
    if (known->role == Role::kRequest) {
      result.value.traits = kInput | kRequest;
      return result;
    }
    if (known->role == Role::kStored) result.value.traits = kStored;
    if (known->role == Role::kSource && !python()) {
      result.value.traits = kInput;
      fact(FactKind::kSource, "request");
    }
  }
  return result;
}

Interpreter::Operand Interpreter::new_object() {
  const std::uint32_t offset = at_++;
  Operand result;
  std::string name;
  Value dynamic;
  if (now().kind == TokenKind::kName) {
    if (now().name("class")) {  // an anonymous class
      ++at_;
      if (now().is("(")) {
        Arguments list;
        ++at_;
        arguments(list, ")");
      }
      while (at_ < end_ && !now().is("{") && !now().is(";")) ++at_;
      if (now().is("{")) class_body();
      result.value.type = kAnonymous;
      return result;
    }
    while (now().kind == TokenKind::kName) {
      name = now().text;  // the last part of a.b.C
      ++at_;
      if (!now().is(".") && !now().is("::")) break;
      ++at_;
    }
    if (now().is("<")) {  // generics
      std::uint32_t end = at_;
      while (end < end_ && end - at_ < 16 && !code_->tokens[end].is("(") &&
             !code_->tokens[end].is(";"))
        ++end;
      if (end < end_ && code_->tokens[end].is("(")) at_ = end;
    }
  } else if (now().kind == TokenKind::kVariable) {
    dynamic = primary().value;
    if (dynamic.is_text()) name = std::string(arena_.lower(dynamic.text));
  }
  Arguments list;
  while (now().is("[")) {  // an array with a size or values
    const std::uint32_t match = now().match;
    if (match <= at_) break;
    ++at_;
    if (!now().is("]")) expression();
    at_ = match + 1;
  }
  if (now().is("(")) {
    ++at_;
    arguments(list, ")");
  }
  site_ = offset;
  if (now().is("{") && !php() && !basic() && !perl()) {
    // Java's anonymous class or an array's values.
    if (name.empty() || language() == ScriptLanguage::kCSharp || list.count == 0) {
      bool methods = false;
      for (std::uint32_t i = at_; i < now().match && i < at_ + 400; ++i) {
        if (code_->tokens[i].name("public") || code_->tokens[i].name("protected")) methods = true;
      }
      if (!methods) {
        ++at_;
        Value values = array_literal("}");
        values.traits |= list.traits;
        if (name == "processstartinfo" || name == "process") {
          if (const NameEntry* known = entry(name);
              known != nullptr && known->role == Role::kCommand) {
            list.values[0] = values;
            list.count = 1;
            list.traits = values.traits;
            apply(*known, list, nullptr, nullptr);
          }
        }
        result.value = values;
        result.value.type = arena_.keep(name);
        return result;
      }
    }
    class_body();
  }
  // new String(new byte[] {…}): the text that the numbers spell.
  if (name == "string" && list.count > 0 && list.values[0].array != nullptr) {
    std::string text;
    for (const auto& [key, value] : list.values[0].array->elements) {
      const auto number = number_of(value);
      if (!number || value.kind == Value::Kind::kUnknown || text.size() > 4096) {
        text.clear();
        break;
      }
      text += static_cast<char>(*number & 0xff);
    }
    if (!text.empty()) {
      result.value = Value::of_text(arena_.keep(text), kBuilt | kDecoded | kSpelled);
      return result;
    }
  }
  if (name == "string" && list.count > 0 && list.values[0].is_text()) {
    result.value = list.values[0];
    return result;
  }
  const std::string_view kept = arena_.keep(name);
  if (dynamic.has(kForeign)) fact(FactKind::kCallInput, "new");
  // A class of the script: its constructor gets the arguments, its objects end some time.
  if (php()) {
    if (classes_.contains(kept)) {
      const auto end = function_of_.find("__destruct");
      if (end != function_of_.end()) end->second->hooked = true;
    }
    if (const NameEntry* known = entry(kept)) {
      observe(*known, list);
      result.value = apply(*known, list, nullptr, nullptr);
    } else if (const auto constructor = function_of_.find("__construct");
               constructor != function_of_.end()) {
      call_function(*constructor->second, list);
    } else if (const auto same = function_of_.find(kept); same != function_of_.end()) {
      call_function(*same->second, list);
    }
    if (result.value.type.empty()) result.value.type = kept;
    return result;
  }
  if (const NameEntry* known = entry(kept)) {
    result.value = apply(*known, list, nullptr, nullptr);
    if (known->role == Role::kClean) result.value = {};
  } else {
    result.value.traits = list.traits & ~kPrefixed;
    if (const auto same = function_of_.find(kept); same != function_of_.end()) {
      call_function(*same->second, list);
    }
  }
  if (result.value.type.empty()) result.value.type = kept;
  return result;
}

// function ($a, &$b) use ($c) { … }, fn ($a) => …, Perl's sub { … }.
Interpreter::Operand Interpreter::closure() {
  Operand result;
  const bool arrow = now().name("fn");
  ++at_;
  if (now().is("&")) ++at_;
  if (now().kind == TokenKind::kName && !now().is("{")) ++at_;  // JScript's named function
  std::vector<std::string_view> parameters;
  std::uint32_t references = 0;
  if (now().is("(")) {
    const std::uint32_t close = now().match;
    if (close <= at_) return result;
    for (std::uint32_t i = at_ + 1; i < close; ++i) {
      const Token& part = code_->tokens[i];
      if (part.kind == TokenKind::kVariable || (!sigils() && part.kind == TokenKind::kName)) {
        if (code_->tokens[i - 1].is("&") && parameters.size() < 32) {
          references |= 1U << parameters.size();
        }
        parameters.push_back(part.text);
      }
    }
    at_ = close + 1;
  }
  if (arrow) return arrow_function(std::move(parameters));
  std::vector<std::pair<std::string_view, Value>> captured;
  while (at_ < end_ && !now().is("{") && !now().is(";")) {
    if (now().is("(")) {  // use (…)
      const std::uint32_t close = now().match;
      if (close <= at_) return result;
      // The script's own variables are found in any case.
      for (std::uint32_t i = at_ + 1; i < close && frame_ != &global_; ++i) {
        const Token& part = code_->tokens[i];
        if (part.kind == TokenKind::kVariable)
          captured.emplace_back(part.text, variable(part.text));
      }
      at_ = close + 1;
      continue;
    }
    ++at_;
  }
  if (!now().is("{")) return result;
  const std::uint32_t close = now().match > at_ ? now().match : end_;
  Function& function = functions_.emplace_back();
  function.code = code_;
  function.begin = at_ + 1;
  function.end = close;
  function.parameters = std::move(parameters);
  function.references = references;
  function.captured = std::move(captured);
  ++facts_.functions;
  at_ = std::min(close + 1, end_);
  result.value.function = &function;
  return result;
}

// fn ($a) => expression, after its parameters. It takes all variables around it with it.
Interpreter::Operand Interpreter::arrow_function(std::vector<std::string_view> parameters) {
  while (at_ < end_ && !now().is("=>") && !now().is(";")) ++at_;
  if (now().is("=>")) ++at_;
  Function& function = functions_.emplace_back();
  function.code = code_;
  function.begin = at_;
  function.parameters = std::move(parameters);
  function.arrow = true;
  function.hooked = true;
  while (at_ < end_) {
    const Token& token = now();
    if (token.is(",") || token.is(";") || token.is(")") || token.is("]") || token.is("}")) break;
    const std::uint32_t next = token.match > at_ ? token.match + 1 : at_ + 1;
    for (; at_ < std::min(next, end_); ++at_) {
      if (now().kind != TokenKind::kVariable || frame_ == &global_) continue;
      if (const Value* known = frame_->find(now().text))
        function.captured.emplace_back(now().text, *known);
    }
  }
  function.end = at_;
  Operand result;
  result.value.function = &function;
  return result;
}

// match (…) { a, b => c, default => d }: any of its values.
Interpreter::Operand Interpreter::match_operand() {
  at_ += 2;
  const std::uint32_t open = code_->tokens[at_ - 1].match + 1;
  expression();
  at_ = open + 1;
  const Value arms = array_literal("}");
  Value value = Value::unknown(arms.traits);
  if (arms.array != nullptr && !arms.array->elements.empty()) {
    value = arms.array->elements.front().second;
    for (const auto& [key, arm] : arms.array->elements) value = merged(value, arm);
  }
  return {value, {}, {}};
}

}  // namespace konseki::webshell
