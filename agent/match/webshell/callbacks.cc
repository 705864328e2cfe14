// Functions that call what they are given, and replacements that run it.
#include <algorithm>

#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/lex_support.h"
#include "agent/match/webshell/lexer.h"

namespace konseki::webshell {

Value Interpreter::callback(const NameEntry& known, Arguments& list) {
  if (known.at >= list.count) {
    // usort(...$_GET): the request gives the function, too.
    if (list.spread && list.traits & kForeign) fact(FactKind::kCallInput, known.name);
    return Value::unknown(list.traits & ~kPrefixed);
  }
  Value function = list.values[known.at];
  // filter_var(…, FILTER_CALLBACK, array('options' => 'assert'))
  if (known.name == "filter_var" && function.array != nullptr) {
    if (const Value* option = function.array->find("options")) function = *option;
  }
  Arguments others;
  std::uint32_t traits = 0;
  if (known.name == "ob_start") {  // gets what the script prints, which a request may choose
    others.values[others.count++] = Value::unknown(kStored);
    traits = kStored;
  }
  const bool spread =
      (known.name == "call_user_func_array" || known.name == "forward_static_call_array") &&
      list.count == 2 && list.values[1].kind == Value::Kind::kArray;
  if (spread) {  // call_user_func_array('name', array($a, $b))
    for (const auto& [key, element] : list.values[1].array->elements) {
      if (others.count < Arguments::kMost) others.values[others.count++] = element;
    }
    traits |= list.values[1].traits;
  }
  for (std::size_t i = 0; i < list.count && !spread; ++i) {
    if (i == known.at) continue;
    others.values[others.count++] = list.values[i];
    traits |= list.values[i].traits;
  }
  others.traits = traits;
  if (Function* method = method_of(function)) return call_function(*method, others);
  if (function.kind == Value::Kind::kArray) {
    // preg_replace_callback_array(['/a/' => function …]): each of them is called.
    for (const auto& [key, element] : function.array->elements) {
      if (element.function != nullptr)
        call_function(*const_cast<Function*>(element.function), others);
    }
    return Value::unknown(traits & ~kPrefixed);
  }
  if (!function.is_text() && !function.type.empty() && !function.has(kForeign)) {
    // An object that can be called.
    const auto invoked = function_of_.find("__invoke");
    if (invoked != function_of_.end()) return call_function(*invoked->second, others);
  }
  if (function.has(kForeign)) {
    if (!function.has(kPrefixed)) fact(FactKind::kCallInput, known.name);
    return Value::unknown(traits & ~kPrefixed);
  }
  if (function.function != nullptr) {
    // Whichever place it lands in, what someone outside chooses reaches the function.
    if (traits & kForeign && others.count > 0 && !others.values[0].has(kForeign) &&
        !known.name.starts_with("call_user")) {
      others.values[0] = Value::unknown(traits & ~kPrefixed);
    }
    Value value = call_function(*const_cast<Function*>(function.function), others);
    value.traits |= traits & ~kPrefixed;
    value.kind = Value::Kind::kUnknown;
    return value;
  }
  if (function.is_text()) {
    const std::string_view name = arena_.lower(function.text);
    if (dangerous(name)) {
      if (function.has(kBuilt | kDecoded) || entry(name)->role != Role::kReplace) {
        fact(FactKind::kHiddenName, name);
      }
      // Elements of arrays come one by one.
      if (others.count > 0 && others.values[0].array != nullptr && known.name != "call_user_func") {
        Value element = Value::unknown(others.values[0].traits);
        for (const auto& [key, value] : others.values[0].array->elements) {
          element = value;
          Arguments one;
          one.values[0] = element;
          one.count = 1;
          one.traits = element.traits;
          call_name(name, one, nullptr, nullptr, true);
        }
        return {};
      }
      if (traits & kForeign && others.count > 0) {
        // Whichever place it lands in, input reaches the function.
        Value any = Value::unknown(traits);
        others.values[0] = any;
      }
      if (others.count == 0) {  // ob_start('system'), register_shutdown_function('eval…')
        others.values[0] = Value::unknown(0);
        others.count = 1;
        fact(FactKind::kRunCode, name);
        return {};
      }
      call_name(name, others, nullptr, nullptr, true);
      return Value::unknown(traits & ~kPrefixed);
    }
    if (php() && function.has(kDecoded | kSpelled) && name.size() > 2)
      fact(FactKind::kHiddenCall, name);
    if (!function.text.empty() && (others.count > 0 || function_of_.contains(name))) {
      if (known.name == "array_map" && others.values[0].array != nullptr) {
        // array_map('chr', …) and the like: computed element by element.
        ValueArray* mapped = make_array();
        Value value = Value::unknown(traits);
        bool constant = mapped != nullptr && others.values[0].array->elements.size() < 20000;
        if (constant) {
          for (const auto& [key, element] : others.values[0].array->elements) {
            Arguments one;
            one.values[0] = element;
            one.count = 1;
            one.traits = element.traits;
            const Value result = call_name(name, one, nullptr, nullptr, false);
            mapped->elements.emplace_back(key, result);
            value.traits |= result.traits;
            if (!step()) break;
          }
          value.kind = Value::Kind::kArray;
          value.array = mapped;
          return value;
        }
      }
      if (known.name == "array_walk" && others.values[0].array != nullptr) {
        // Each element goes with its key.
        for (const auto& [key, element] : others.values[0].array->elements) {
          Arguments pair;
          pair.values[0] = element;
          pair.values[1] = Value::of_text(key);
          pair.count = 2;
          pair.traits = element.traits;
          call_name(name, pair, nullptr, nullptr, false);
          if (!step()) break;
        }
        return {};
      }
      Value value = call_name(name, others, nullptr, nullptr, function.has(kDecoded));
      value.traits |= traits & ~kPrefixed & (kForeign | kDecoded | kRemote | kStored);
      if (known.name.starts_with("call_user") || known.name == "forward_static_call") return value;
      value.kind = Value::Kind::kUnknown;
      return value;
    }
    return Value::unknown(traits & ~kPrefixed);
  }
  if (function.has(kUndefined) && reached_ && known.name != "ob_start") {
    if (traits & kForeign) fact(FactKind::kOpaqueCall, "input");
  } else if (function.has(kDecoded | kOpaque) && !function.has(kParameter)) {
    fact(FactKind::kOpaqueCall, traits & kForeign ? "input" : known.name);
  } else if (function.has(kRemote)) {
    fact(FactKind::kRunRemote, known.name);
  }
  return Value::unknown(traits & ~kPrefixed);
}

// create_function('$a, $b', 'return …;'): what it says becomes a function that others may call.
Value Interpreter::made_function(const Value& parameters, const Value& body) {
  if (!parameters.is_text() || !body.is_text() || code_->layer >= limits_.layers ||
      body.text.size() > limits_.layer_bytes || parameters.text.size() > 4096) {
    return {};
  }
  limits_.layer_bytes -= body.text.size();
  auto code = std::make_unique<Code>();
  code->language = language();
  code->text =
      arena_.keep("function(" + std::string(parameters.text) + "){" + std::string(body.text) + "}");
  code->layer = code_->layer + 1;
  lex_php(code->text, arena_, code->tokens);
  match_brackets(code->tokens);
  codes_.push_back(std::move(code));
  const Code* outer = code_;
  const std::uint32_t at = at_;
  const std::uint32_t end = end_;
  code_ = codes_.back().get();
  at_ = 0;
  end_ = static_cast<std::uint32_t>(code_->tokens.size());
  const Value made = closure().value;
  code_ = outer;
  at_ = at;
  end_ = end;
  return made;
}

Value Interpreter::replace(const NameEntry& known, const Arguments& list) {
  const Value pattern = list.count > 0 ? list.values[0] : Value{};
  const Value text = list.count > 1 ? list.values[1] : Value{};
  const Value subject = list.count > 2 ? list.values[2] : Value{};
  const bool multibyte = known.name.starts_with("mb_");
  bool code = false;
  const auto has_e = [](std::string_view expression) {
    if (expression.size() < 3) return false;
    const char open = expression[0];
    const char close = open == '('   ? ')'
                       : open == '{' ? '}'
                       : open == '[' ? ']'
                       : open == '<' ? '>'
                                     : open;
    const std::size_t end = expression.rfind(close);
    if (end == std::string_view::npos || end == 0 || expression.size() - end > 10) return false;
    const std::string_view modifiers = expression.substr(end + 1);
    if (!std::all_of(modifiers.begin(), modifiers.end(),
                     [](char c) { return c >= 'A' && c <= 'z'; })) {
      return false;
    }
    return modifiers.find('e') != std::string_view::npos;
  };
  if (multibyte) {
    code = list.count > 3 && list.values[3].is_text() && contains(list.values[3].text, "e");
  } else if (pattern.is_text()) {
    code = has_e(pattern.text);
  } else if (pattern.array != nullptr) {
    for (const auto& [key, element] : pattern.array->elements)
      code |= element.is_text() && has_e(element.text);
  }
  if (code) {
    if (text.has(kForeign) ||
        (text.is_text() && subject.has(kForeign) && contains(text.text, "\\"))) {
      fact(FactKind::kRunInput, known.name);
    } else {
      // '\\1' runs the subject itself.
      const bool whole = text.is_text() && text.text.size() <= 8 && contains(text.text, "\\");
      run_value(whole ? subject : text, known.name);
      if (subject.has(kForeign)) fact(FactKind::kRunInput, known.name);
    }
    return {};
  }
  if (pattern.has(kForeign) && !pattern.has(kPrefixed) && text.has(kForeign)) {
    fact(FactKind::kRunInput, known.name);
  }
  if (pattern.has(kUndefined) && text.has(kForeign) && reached_)
    fact(FactKind::kOpaqueCall, "input");
  if (pattern.has(kRemote) && text.has(kRemote)) fact(FactKind::kRunRemote, known.name);
  // Of constants alone: a text that hides what it says.
  const auto known_value = [](const Value& value) {
    return value.is_text() || (value.kind == Value::Kind::kArray && !value.has(kForeign));
  };
  const bool constant = known_value(pattern) && known_value(text) && subject.is_text();
  return Value::unknown((text.traits | subject.traits | (constant ? kDecoded | kOpaque : 0U)) &
                        ~kPrefixed);
}

}  // namespace konseki::webshell
