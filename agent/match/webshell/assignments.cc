// Assignments: where a value can be stored, and what is stored there.
#include "agent/match/webshell/interpreter.h"

namespace konseki::webshell {

bool Interpreter::assignment(Operand& left) {
  const Token& op = now();
  if (!is_assignment(op) || basic() || left.place.kind == Place::Kind::kNone) return false;
  ++at_;
  if (op.sign == sign("=") && now().is("&")) ++at_;  // by reference
  // $a = $a . "more": what nobody set starts empty.
  if (php() && op.sign == sign("=") && left.place.kind == Place::Kind::kVariable &&
      left.value.traits == kUndefined && now().kind == TokenKind::kVariable &&
      now().text == left.place.name && ahead().is(".")) {
    assign(left.place, Value::of_text({}));
  }
  const Value right = expression(sigils() ? 4 : 2);  // $a = f() or die()
  if (op.sign == sign("=")) {
    left.value = right;
  } else if (op.sign == sign("?\?=")) {
    left.value = merged(left.value, right);
  } else {
    Value old = left.value;
    // What nobody set starts empty: it is no input.
    if (!old.is_text() && !old.is_number() && old.has(kUndefined)) old = Value::of_text({});
    Token plain = op;
    plain.text = plain.text.substr(0, plain.text.size() - 1);
    plain.sign = op.sign & (op.sign > 0xffff ? 0xffffU : 0xffU);  // "<<=", "+=" without the "="
    if (op.sign == sign("+=") && !php() && !perl()) {
      left.value = concatenated(old, right);
    } else if (op.sign == sign(".=") ||
               (op.sign == sign("&=") && language() == ScriptLanguage::kCfml)) {
      left.value = concatenated(old, right);
    } else {
      left.value = combine(plain, Operand{old, {}, {}}, Operand{right, {}, {}});
    }
  }
  // ASP.NET: process.StartInfo.FileName = …
  if (!sigils() && !left.path.empty()) {
    const std::size_t dot = left.path.rfind('.');
    if (dot != std::string_view::npos) {
      if (const NameEntry* known = entry(left.path.substr(dot));
          known != nullptr && known->role == Role::kCommand) {
        Arguments arguments;
        arguments.values[0] = left.value;
        arguments.count = 1;
        arguments.traits = left.value.traits;
        apply(*known, arguments, nullptr, nullptr);
      }
    }
  }
  assign(left.place, left.value);
  return true;
}

// Perl's variables are the whole script's unless `my` made them, PHP's are where `global` says so.
Frame& Interpreter::owner_of(std::string_view name) {
  if (php()) return frame_->shares(name) ? global_ : *frame_;
  if (python() && name.starts_with("self.")) return global_;
  return perl() && frame_->find(name) == nullptr ? global_ : *frame_;
}

void Interpreter::assign(const Place& place, Value value) {
  switch (place.kind) {
    case Place::Kind::kNone:
      return;
    case Place::Kind::kVariable: {
      if (place.name == "$$") {
        if (value.has(kForeign)) frame_->foreign = true;
        return;
      }
      Value& slot = owner_of(place.name).at(place.name);
      // Under a condition the old value may stay: input stays input.
      if (condition_ > 0 && slot.has(kForeign) && !value.has(kForeign)) {
        value.traits |= slot.traits;
        value.kind = Value::Kind::kUnknown;
      }
      if (value.type.empty()) value.type = slot.type;
      slot = value;
      return;
    }
    case Place::Kind::kField: {
      Value& slot = global_.at(place.name);
      if (!value.has(kForeign) && slot.has(kForeign)) value.traits |= slot.traits & kForeign;
      slot = value;
      return;
    }
    case Place::Kind::kElement: {
      Frame& owner = place.name.starts_with("->") || (frame_->find(place.name) == nullptr &&
                                                      global_.find(place.name) != nullptr)
                         ? global_
                         : owner_of(place.name);
      Value& slot = owner.at(place.name);
      // A text with one character changed is made by arithmetic.
      if (slot.is_text() && !slot.text.empty()) {
        slot.kind = Value::Kind::kUnknown;
        slot.traits |= value.traits | kOpaque;
        return;
      }
      if (slot.array == nullptr) {
        slot.array = make_array();
        if (slot.array == nullptr) return;
        if (slot.kind != Value::Kind::kUnknown || slot.has(kUndefined)) slot.traits = 0;
        slot.kind = Value::Kind::kArray;
      }
      slot.traits |= value.traits & ~kBuilt;
      if (value.array != nullptr && slot.kind == Value::Kind::kUnknown) return;
      if (++elements_ > 400'000) return;
      if (place.known_key) {
        if (Value* old =
                slot.array->elements.size() < 4096 ? slot.array->find(place.key) : nullptr) {
          *old = value;
        } else {
          slot.array->elements.emplace_back(place.key, value);
        }
      } else {
        slot.array->elements.emplace_back(arena_.keep(std::to_string(slot.array->next++)), value);
      }
      return;
    }
  }
}

void Interpreter::assign_list(std::span<const Place> places, const Value& list) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool known = list.kind == Value::Kind::kArray && i < list.array->elements.size();
    assign(places[i], known ? list.array->elements[i].second
                            : Value::unknown(list.traits & ~(kPrefixed | kBuilt)));
  }
}

Value Interpreter::merged(const Value& one, const Value& other) const {
  Value value;
  if (one.is_text() && other.is_text()) {
    value = one.text.size() >= other.text.size() ? one : other;
  } else if (one.kind == Value::Kind::kUnknown || other.kind == Value::Kind::kUnknown) {
    value = one.kind == Value::Kind::kUnknown ? one : other;
    value.kind = Value::Kind::kUnknown;
  } else {
    value = one;
  }
  if (value.type.empty()) value.type = one.type.empty() ? other.type : one.type;
  value.traits = (one.traits | other.traits) & ~kPrefixed;
  value.traits |= one.traits & other.traits & kPrefixed;
  if (!one.has(kForeign) || !other.has(kForeign)) {
    // One branch is a constant: the other alone decides how it begins.
    value.traits |= (one.has(kForeign) ? one.traits : other.traits) & kPrefixed;
  }
  return value;
}

}  // namespace konseki::webshell
