// Statements of VBScript and VB.NET: lines, assignments by "=", calls without brackets.
#include <algorithm>

#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/word_list.h"

namespace konseki::webshell {
void Interpreter::basic_statement() {
  const Token& token = now();
  if (token.kind != TokenKind::kName) {
    if (token.is(".")) {  // .Open "GET", … inside With
      basic_call();
      return;
    }
    if (token.kind == TokenKind::kSign || token.kind == TokenKind::kBreak) {
      ++at_;
    } else {
      expression();
    }
    return;
  }
  const std::string_view word = token.text;
  if (is_one_of(word, {"if", "elseif", "while", "until", "select", "case", "loop", "do", "wend"})) {
    ++at_;
    if (now().kind != TokenKind::kBreak && !now().name("while") && !now().name("until") &&
        !now().name("case")) {
      expression();
    }
    return;
  }
  if (is_one_of(word, {"then",   "else",  "next",   "dim",    "redim",     "preserve",
                       "set",    "call",  "let",    "public", "private",   "const",
                       "try",    "byval", "byref",  "shared", "protected", "overloads",
                       "friend", "goto",  "resume", "option", "explicit"})) {
    if (word == "dim" || word == "redim") {
      // Dim x As New Type = value
      ++at_;
      if (now().name("preserve")) ++at_;
      while (now().kind == TokenKind::kName && at_ < end_) {
        const std::string_view name = now().text;
        ++at_;
        if (now().is("(")) {
          Arguments list;
          ++at_;
          arguments(list, ")");
        }
        Value value;
        if (now().name("as")) {
          ++at_;
          if (now().name("new")) {
            value = operand(12).value;
          } else {
            while (now().kind == TokenKind::kName) {
              value.type = now().text;
              ++at_;
              if (!now().is(".")) break;
              ++at_;
            }
            if (now().is("(")) at_ = now().match > at_ ? now().match + 1 : at_ + 1;
          }
        }
        if (now().is("=")) {
          ++at_;
          const std::string_view type = value.type;
          value = expression();
          if (value.type.empty()) value.type = type;
        }
        Value& slot = frame_->at(name);
        if (!slot.has(kForeign)) slot = value;
        if (!now().is(",")) break;
        ++at_;
      }
      return;
    }
    ++at_;
    return;
  }
  if (word == "on" && ahead().name("error")) {  // its words alone: lines may have been joined
    at_ += 2;
    while (now().name("resume") || now().name("next") || now().name("goto") ||
           now().kind == TokenKind::kNumber) {
      ++at_;
    }
    return;
  }
  if (word == "on" || word == "exit" || word == "imports") {
    while (at_ < end_ && now().kind != TokenKind::kBreak) ++at_;
    return;
  }
  if (word == "end") {
    at_ += now().kind == TokenKind::kName && ahead().kind == TokenKind::kName ? 2 : 1;
    return;
  }
  if (word == "for") {
    ++at_;
    if (now().name("each")) {
      ++at_;
      const std::string_view name = now().text;
      while (at_ < end_ && !now().name("in") && now().kind != TokenKind::kBreak) ++at_;
      if (now().name("in")) ++at_;
      const Value list = expression();
      frame_->at(name) = Value::unknown(list.traits & ~(kPrefixed | kRequest));
      return;
    }
    // The counter and what the loop changes are not followed round by round.
    const std::string_view name = now().text;
    ++at_;
    if (now().is("=")) {
      ++at_;
      expression();
    }
    if (now().name("to")) {
      ++at_;
      expression();
    }
    if (now().name("step")) {
      ++at_;
      expression();
    }
    frame_->at(name) = Value::unknown(kOpaque);
    // s = s & Chr(…) inside: s is made by arithmetic.
    for (std::uint32_t i = at_; i + 3 < end_ && !code_->tokens[i].name("next"); ++i) {
      const Token& target = code_->tokens[i];
      if (target.kind == TokenKind::kName && code_->tokens[i + 1].is("=") &&
          code_->tokens[i + 2].text == target.text &&
          code_->tokens[i + 2].kind == TokenKind::kName) {
        if (Value* slot = frame_->find(target.text)) {
          slot->kind = Value::Kind::kUnknown;
          slot->traits |= kOpaque;
        } else {
          frame_->at(target.text) = Value::unknown(kOpaque);
        }
      }
    }
    return;
  }
  if (word == "with") {
    ++at_;
    Operand object = operand(12);
    with_ = object.value;
    with_.kind = Value::Kind::kUnknown;
    return;
  }
  if (word == "function" || word == "sub") {
    // Found before; its body is read when it is called.
    std::uint32_t end = at_ + 1;
    while (end + 1 < end_ &&
           !(code_->tokens[end].name("end") && code_->tokens[end + 1].text == word))
      ++end;
    if (ahead().kind == TokenKind::kName) {
      at_ = std::min(end + 2, end_);
    } else {
      ++at_;
    }
    return;
  }
  if (word == "return") {
    ++at_;
    return_value(now().kind == TokenKind::kBreak ? Value{} : expression());
    return;
  }
  if (word == "class" || word == "module" || word == "namespace" || word == "inherits" ||
      word == "implements") {
    while (at_ < end_ && now().kind != TokenKind::kBreak) ++at_;
    return;
  }
  basic_call();
}

// name = value, object.member = value, name arguments.
void Interpreter::basic_call() {
  const std::uint32_t start = at_;
  if (now().kind == TokenKind::kName && ahead().is("=")) {
    const std::string_view name = now().text;
    at_ += 2;
    Value value = expression();
    Place place;
    place.kind = Place::Kind::kVariable;
    place.name = name;
    const Value* old = frame_->find(name);
    if (old != nullptr && old->is_text() && value.has(kForeign)) value.kind = Value::Kind::kUnknown;
    ++condition_;
    assign(place, value);
    --condition_;
    return;
  }
  // Precedence above "=", so that the target stands alone.
  const Operand target = operand(12);
  if (now().is("=") || now().is("&=") || now().is("+=")) {
    const bool append = !now().is("=");
    ++at_;
    Value value = expression();
    if (append) value = concatenated(target.value, value);
    const std::size_t dot = target.path.rfind('.');
    if (dot != std::string_view::npos) {
      if (const NameEntry* known = entry(target.path.substr(dot));
          known != nullptr && known->role == Role::kCommand) {
        Arguments list;
        list.values[0] = value;
        list.count = 1;
        list.traits = value.traits;
        site_ = start;
        apply(*known, list, nullptr, nullptr);
      }
    }
    Place place = target.place;
    if (place.kind == Place::Kind::kNone && code_->tokens[start].kind == TokenKind::kName) {
      place.kind = Place::Kind::kVariable;  // element of an array: the array keeps its traits
      place.name = code_->tokens[start].text;
      value.traits |= target.value.traits & ~kUndefined;
      value.kind = Value::Kind::kUnknown;
    }
    assign(place, value);
    return;
  }
  if (at_ == start) {
    ++at_;
    return;
  }
  if (now().kind == TokenKind::kBreak || at_ >= end_) {
    // A statement without arguments calls what it names.
    if (at_ - start == 1 && code_->tokens[start].kind == TokenKind::kName) {
      if (const auto own = function_of_.find(code_->tokens[start].text);
          own != function_of_.end()) {
        call_function(*own->second, Arguments{});
      }
    }
    return;
  }
  const Token& next = now();
  const bool argument = next.kind == TokenKind::kName
                            ? !is_one_of(next.text, {"then", "else", "end", "to", "step"})
                            : next.kind == TokenKind::kText || next.kind == TokenKind::kNumber ||
                                  next.is("(") || next.is("-") || next.is(",") || next.is(".");
  if (!argument || target.path.empty()) {
    if (next.is(",")) ++at_;
    return;
  }
  Arguments list;
  implicit_arguments(list);
  site_ = start;
  const std::string_view path = target.path;
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) {
    call_name(path, list, nullptr, nullptr, false);
    return;
  }
  Place receiver_place;
  const std::size_t first = path.find('.');
  receiver_place.kind = Place::Kind::kVariable;
  receiver_place.name = path.substr(0, first);
  if (code_->tokens[start].kind == TokenKind::kName)
    receiver_place.name = code_->tokens[start].text;
  Value receiver = target.value;
  if (const Value* known = frame_->find(receiver_place.name)) receiver = *known;
  if (entry(path) != nullptr) {
    call_name(path, list, &receiver, &receiver_place, false);
  } else {
    call_name(path.substr(dot), list, &receiver, &receiver_place, false);
  }
}

}  // namespace konseki::webshell
