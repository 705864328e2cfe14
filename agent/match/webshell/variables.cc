// Variables and their elements: the superglobals of PHP, arrays, indices.
#include <algorithm>

#include "agent/match/webshell/form_fields.h"
#include "agent/match/webshell/interpreter.h"

namespace konseki::webshell {

Value Interpreter::variable(std::string_view name) { return variable_operand(name).value; }

Interpreter::Operand Interpreter::variable_operand(std::string_view name) {
  Operand result;
  result.place.kind = Place::Kind::kVariable;
  result.place.name = name;
  if (php() && !name.empty() && (name[0] == '_' || name[0] == 'G' || name[0] == 'H')) {
    const auto from_outside = [&](std::uint32_t traits) {
      result.value = Value::unknown(traits);
      result.place = {};
      fact(FactKind::kSource, "request");
    };
    if (name == "_POST" || name == "_GET" || name == "_REQUEST" || name == "_COOKIE" ||
        name == "HTTP_POST_VARS" || name == "HTTP_GET_VARS" || name == "HTTP_COOKIE_VARS" ||
        name == "HTTP_RAW_POST_DATA") {
      from_outside(kInput);
      return result;
    }
    if (name == "_FILES" || name == "HTTP_POST_FILES") {
      from_outside(kUpload);
      return result;
    }
    if (name == "_SERVER" || name == "_ENV" || name == "HTTP_SERVER_VARS" ||
        name == "HTTP_ENV_VARS") {
      result.place = {};
      result.value.type = "$server";
      return result;
    }
    if (name == "GLOBALS") {
      result.place = {};
      result.value.type = "$globals";
      return result;
    }
    if (name == "_SESSION") {
      if (const Value* known = global_.find(name)) {
        result.value = *known;
        return result;
      }
      result.value = Value::unknown(kStored);
      return result;
    }
  }
  Value* found = frame_->find(name);
  if (found == nullptr && frame_ != &global_) found = global_.find(name);
  if (found != nullptr) {
    result.value = *found;
    return result;
  }
  if (name == "this") {
    result.value.type = "$this";
    return result;
  }
  if (frame_->foreign || global_.foreign) {
    result.value.traits = kInput;
  } else if (frame_ == &global_ && condition_ < 64) {
    result.value.traits = sent_to_itself(name) ? kInput : kUndefined;
  } else if (frame_->shares(name) && sent_to_itself(name)) {
    result.value.traits = kInput;
  }
  return result;
}

// Whether the page's own forms or links send a value of this name.
bool Interpreter::sent_to_itself(std::string_view name) {
  if (!php() || code_->layer > 0) return false;
  if (fields_of_ != code_) {
    fields_ = form_fields(code_->text);
    fields_of_ = code_;
  }
  if (!std::binary_search(fields_.begin(), fields_.end(), name)) return false;
  fact(FactKind::kSource, "form");
  return true;
}

Interpreter::Operand Interpreter::index(Operand left, const Value& key) {
  Operand result;
  const Value& base = left.value;
  // A number that picks a letter is not written out: loops do it a thousand times.
  const auto text = key.kind == Value::Kind::kUnknown || (key.is_number() && base.is_text())
                        ? std::nullopt
                        : text_of(key, arena_);
  if (base.type == "$server" || (perl() && left.place.name == "ENV")) {
    if (!text) {
      if (key.has(kForeign)) result.value.traits = kInput;
      return result;
    }
    static constexpr std::array<std::string_view, 10> kChosen = {
        "QUERY_STRING",   "REQUEST_URI", "PATH_INFO",    "PHP_AUTH_USER",         "PHP_AUTH_PW",
        "ORIG_PATH_INFO", "argv",        "REDIRECT_URL", "REDIRECT_QUERY_STRING", "AUTH_USER"};
    if (php() && command_line_ && *text == "argv") return result;
    // A proxy for the program's own requests, which no server sets; the length of a request's body.
    if (!php() && *text == "HTTP_PROXY") return result;
    if (!php() && *text == "CONTENT_LENGTH") fact(FactKind::kSource, "request");
    if (text->starts_with("HTTP_") || (python() && *text == "wsgi.input") ||
        std::find(kChosen.begin(), kChosen.end(), *text) != kChosen.end()) {
      result.value.traits = kInput;
      fact(FactKind::kSource, "request");
    } else if (*text == "SCRIPT_FILENAME" || *text == "PHP_SELF" || *text == "SCRIPT_NAME") {
      result.value.traits = kSelf;
    }
    return result;
  }
  if (base.type == "$globals") {
    if (text) {
      Frame* frame = frame_;
      frame_ = &global_;
      result = variable_operand(*text);
      frame_ = frame;
      if (result.place.kind == Place::Kind::kVariable) result.place.kind = Place::Kind::kField;
    } else {
      result.value.traits = key.traits & (kForeign | kDecoded);
    }
    return result;
  }
  result.place.kind = Place::Kind::kNone;
  if (left.place.kind == Place::Kind::kVariable || left.place.kind == Place::Kind::kField) {
    result.place.kind = Place::Kind::kElement;
    result.place.name = left.place.name;
    result.place.known_key = text.has_value();
    if (text) result.place.key = *text;
  }
  if (base.array != nullptr) {
    if (text) {
      if (const Value* element = base.array->find(*text)) {
        result.value = *element;
        return result;
      }
      if (base.kind == Value::Kind::kArray) {
        result.value.traits = base.traits & (kForeign | kStored | kRemote | kDecoded | kBlob);
        return result;
      }
    }
    result.value.traits = base.traits;
    return result;
  }
  if (base.is_text()) {
    const auto number = number_of(key);
    if (number && key.kind != Value::Kind::kUnknown) {
      std::int64_t at = *number;
      if (at < 0) at += static_cast<std::int64_t>(base.text.size());
      if (at >= 0 && at < static_cast<std::int64_t>(base.text.size())) {
        result.value = Value::of_text(base.text.substr(static_cast<std::size_t>(at), 1),
                                      (base.traits & ~kBlob) | kBuilt);
      } else {
        result.value = Value::of_text({}, base.traits);
      }
      return result;
    }
    result.value = Value::unknown(base.traits | kOpaque);
    return result;
  }
  result.value = Value::unknown(base.traits & ~kPrefixed);
  result.value.type = base.type;
  if (base.traits == kUndefined) result.value.traits = kUndefined;
  return result;
}

Value Interpreter::array_literal(std::string_view closing) {
  Value value;
  value.kind = Value::Kind::kArray;
  value.array = make_array();
  bool constant = value.array != nullptr;
  while (at_ < end_ && !(now().kind == TokenKind::kSign && now().text == closing)) {
    const std::uint32_t before = at_;
    Value element = expression(2);
    std::string_view key;
    bool keyed = false;
    if (now().is("=>") || now().is(":") || now().is("=")) {
      ++at_;
      if (const auto text = text_of(element, arena_)) {
        key = *text;
        keyed = true;
      }
      value.traits |= element.traits & kForeign;
      element = expression(2);
    }
    value.traits |= element.traits & ~kBuilt;
    if (constant && ++elements_ < 400'000) {
      if (!keyed) key = arena_.keep(std::to_string(value.array->next++));
      value.array->elements.emplace_back(key, element);
    }
    if (now().is(",") || now().is(";") || at_ == before) ++at_;
    if (!step()) return value;
  }
  if (at_ < end_) ++at_;
  if (!constant) value.kind = Value::Kind::kUnknown;
  return value;
}

}  // namespace konseki::webshell
