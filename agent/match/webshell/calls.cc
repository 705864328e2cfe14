// Calls: of the script's own functions, of known ones, and of functions that a value names.
#include <algorithm>

#include "agent/match/webshell/decode.h"
#include "agent/match/webshell/interpreter.h"
#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {
namespace {

// Methods whose object decodes base64: of Java's and .NET's decoders.
bool decodes_argument(std::string_view method, ScriptLanguage language) {
  if (language != ScriptLanguage::kJava && language != ScriptLanguage::kCSharp) return false;
  return method == ".decodebuffer" || method == ".decodebase64" || method == ".decode" ||
         method == ".parsebase64binary" || method == ".frombase64string";
}

constexpr int kMostCalls = 12;           // inside each other
constexpr std::uint32_t kMostRuns = 24;  // of one function
constexpr std::size_t kLongText = 200;   // longer than names and settings are

}  // namespace

bool Interpreter::dangerous(std::string_view name) const {
  const NameEntry* known = entry(name);
  if (known == nullptr) return false;
  return known->role == Role::kRunCode || known->role == Role::kCommand ||
         known->role == Role::kReplace || known->role == Role::kLoad;
}

Interpreter::Operand Interpreter::call(const Operand& callee, Arguments& list, std::uint32_t) {
  Operand result;
  if (python()) {
    const Value held = python_callee(callee);
    if (held.function != nullptr) {
      result.value = call_function(*const_cast<Function*>(held.function), list);
      return result;
    }
    if (!held.type.empty()) {
      result.value = call_name(held.type, list, nullptr, nullptr, false);
      return result;
    }
  }
  if (!callee.path.empty() && callee.value.function == nullptr) {
    if (callee.value.has(kRequest) && list.count > 0) {
      result.value = Value::unknown(kInput);
      fact(FactKind::kSource, "request");
      return result;
    }
    // VBScript indexes with the same brackets.
    if (!php() && !perl() && callee.place.kind == Place::Kind::kVariable &&
        !function_of_.contains(callee.path)) {
      const Value* known = frame_->find(callee.path);
      if (known == nullptr) known = global_.find(callee.path);
      if (known != nullptr && (basic() || entry(callee.path) == nullptr)) {
        result.value = list.count > 0 ? index(callee, list.values[0]).value : *known;
        result.value.traits |= list.traits & kForeign;
        return result;
      }
    }
    // eval("request")("x"): the constant's own name is what is called.
    if (!php() && !perl() && callee.path == "eval" && list.count > 0 && list.values[0].is_text() &&
        list.values[0].text.size() < 64 &&
        std::all_of(list.values[0].text.begin(), list.values[0].text.end(), is_word)) {
      const std::string_view named = arena_.lower(list.values[0].text);
      result.path = named;
      if (const NameEntry* known = entry(named);
          known != nullptr && known->role == Role::kRequest) {
        result.value.traits = kInput | kRequest;
        fact(FactKind::kHiddenName, named);
      }
      return result;
    }
    result.value = call_name(callee.path, list, nullptr, nullptr, false);
    if (!sigils()) result.path = arena_.keep(std::string(callee.path) + "()");
    return result;
  }
  ++facts_.dynamic_calls;
  result.value = call_value(callee.value, list);
  return result;
}

// The script's own method that "Class::method", array('Class', 'method') or array($object,
// 'method') names, where the object's class is known.
Function* Interpreter::method_of(const Value& callable) const {
  std::string_view name;
  if (callable.is_text()) {
    const std::size_t scope = callable.text.find("::");
    if (scope == std::string_view::npos) return nullptr;
    name = callable.text.substr(scope + 2);
  } else if (callable.kind == Value::Kind::kArray && callable.array != nullptr &&
             callable.array->elements.size() == 2) {
    const Value& object = callable.array->elements[0].second;
    const Value& method = callable.array->elements[1].second;
    if (!method.is_text() || (!object.is_text() && object.type.empty())) return nullptr;
    name = method.text;
  }
  const auto found = function_of_.find(arena_.lower(name));
  return found == function_of_.end() ? nullptr : found->second;
}

// A method that its class does not have: __call() and __callStatic() get its name and arguments.
std::optional<Value> Interpreter::magic_call(std::string_view name, const Arguments& list) {
  auto found = function_of_.find("__call");
  if (found == function_of_.end()) found = function_of_.find("__callstatic");
  if (found == function_of_.end()) return std::nullopt;
  Arguments given;
  given.values[0] = Value::of_text(name);
  given.values[1] = Value::unknown(list.traits);
  if (ValueArray* all = make_array()) {
    given.values[1].kind = Value::Kind::kArray;
    given.values[1].array = all;
    for (std::size_t i = 0; i < list.count; ++i)
      all->elements.emplace_back(arena_.keep(std::to_string(all->next++)), list.values[i]);
  }
  given.count = 2;
  given.traits = list.traits;
  return call_function(*found->second, given);
}

// The function that a text names in hex, base64 or backwards, as tables of hidden names have them
// when the way back was not followed; empty for all else.
std::string_view Interpreter::written_otherwise(std::string_view name) const {
  constexpr std::size_t kLongest = 80;
  constexpr std::size_t kShortest = 4;
  if (name.size() < kShortest || name.size() > kLongest) return {};
  const std::optional<std::string> meanings[] = {decode_hex(name), decode_base64(name),
                                                 std::string(name.rbegin(), name.rend())};
  for (const auto& meaning : meanings) {
    if (!meaning || meaning->size() < kShortest) continue;
    const std::string_view meant = arena_.lower(*meaning);
    if (const NameEntry* known = entry(meant); known != nullptr) return known->name;
  }
  return {};
}

Value Interpreter::call_value(const Value& callee, Arguments& list) {
  if (callee.function != nullptr)
    return call_function(*const_cast<Function*>(callee.function), list);
  if (Function* method = php() ? method_of(callee) : nullptr) return call_function(*method, list);
  if (callee.is_text()) {
    const std::string_view name = arena_.lower(callee.text);
    const std::size_t part = name.rfind('\\');
    std::string_view plain = part == std::string_view::npos ? name : name.substr(part + 1);
    bool hidden = callee.has(kBuilt | kDecoded);
    if (php() && entry(plain) == nullptr && !function_of_.contains(plain)) {
      if (const std::string_view meant = written_otherwise(callee.text); !meant.empty()) {
        plain = meant;
        hidden = true;
      }
    }
    if (dangerous(plain) && hidden && php()) {
      fact(FactKind::kHiddenName, plain);
    } else if (callee.has(kDecoded | kSpelled) && php() && plain.size() > 2) {
      fact(FactKind::kHiddenCall, plain);
    } else if (hidden && (list.traits & kForeign) != 0 && php() && entry(plain) == nullptr &&
               !function_of_.contains(plain)) {
      fact(FactKind::kOpaqueCall, "strange");  // put together, and not to what it will be
    }
    Value value = call_name(plain, list, nullptr, nullptr, hidden);
    return value;
  }
  if (callee.type == "$this" || (php() && classes_.contains(callee.type))) {
    const auto invoked = function_of_.find("__invoke");
    return invoked == function_of_.end() ? Value{} : call_function(*invoked->second, list);
  }
  if (callee.kind == Value::Kind::kArray) return Value::unknown(list.traits & kForeign);
  // Request.Cookies("a")("b"): these languages index with the same brackets, or call no values.
  const bool index = basic() || language() == ScriptLanguage::kJava ||
                     language() == ScriptLanguage::kCSharp || language() == ScriptLanguage::kCfml;
  if (callee.has(kForeign) && !index) {
    fact(FactKind::kCallInput, "call");
  } else if (callee.has(kDecoded | kOpaque | kSpelled | kSelf) && sigils()) {
    const bool both = callee.has(kOpaque) && list.traits & kOpaque;
    fact(FactKind::kOpaqueCall, list.traits & kForeign ? "input" : both ? "arithmetic" : "call");
  } else if (callee.has(kStored | kRemote | kFileData) && sigils()) {
    fact(FactKind::kRunStored, "call");
  } else if (callee.has(kUndefined) && (list.traits & kForeign) != 0 && php()) {
    fact(FactKind::kOpaqueCall, "input");
  }
  return Value::unknown((list.traits | callee.traits) & ~kPrefixed);
}

// What a known function gives for constants. The elements of arrays that it makes are counted.
std::optional<Value> Interpreter::computed_call(std::string_view name,
                                                std::span<const Value> arguments) {
  constexpr std::size_t kMostElements = 600'000;
  if (elements_ > kMostElements) return std::nullopt;
  auto value = compute(language(), name, arguments, arena_, *this);
  if (value && value->array != nullptr) elements_ += value->array->elements.size();
  return value;
}

Value Interpreter::call_name(std::string_view name, Arguments& list, const Value* receiver,
                             const Place* receiver_place, bool hidden) {
  const std::string_view plain = name.starts_with('.') ? name.substr(1) : name;
  const bool stranger = php() && receiver != nullptr && receiver->type.empty();
  if (receiver != nullptr && list.count > 0 && plain.starts_with("e")) {
    if (plain == "endswith" || plain == "equals" || plain == "equalsignorecase")
      compare_kind(*receiver, list.values[0]);
  } else if (php() && receiver == nullptr) {
    observe_check(plain, list);
  }
  if (const auto own = function_of_.find(plain);
      own != function_of_.end() && (!hidden || entry(name) == nullptr) && !stranger) {
    // Where the server lacks a function, its stand-in gives the same.
    const NameEntry* same = php() && receiver == nullptr ? entry(name) : nullptr;
    const bool shifted = own->second->method && list.count + 1 < Arguments::kMost &&
                         (receiver != nullptr || own->second->name == "__init__");
    const Value value = shifted ? call_function(*own->second, python_method_arguments(list))
                                : call_function(*own->second, list);
    return same != nullptr && same->role == Role::kSource ? apply(*same, list, nullptr, nullptr)
                                                          : value;
  }
  if (python()) {
    python_registers(name, list);
    if (auto value = python_made(name, list)) return *value;
  }
  if (const NameEntry* known = entry(name)) {
    // Constants are computed where that can be done.
    if (known->role == Role::kPass || known->role == Role::kDecode || known->role == Role::kChar) {
      if (known->role == Role::kDecode) ++facts_.decoders;
      if (receiver != nullptr && decodes_argument(name, language())) {
        if (auto value = computed_call("base64_decode", list.span())) return *value;
      } else if (receiver != nullptr && name.starts_with('.') && list.count < Arguments::kMost) {
        std::array<Value, Arguments::kMost + 1> with;
        with[0] = *receiver;
        std::copy_n(list.values.begin(), list.count, with.begin() + 1);
        if (auto value = computed_call(name, {with.data(), list.count + 1})) return *value;
      } else if (auto value = computed_call(name, list.span())) {
        return *value;
      }
    }
    if (php()) observe(*known, list);
    return apply(*known, list, receiver, receiver_place);
  }
  if (receiver != nullptr && php() && classes_.contains(receiver->type)) {
    if (const auto value = magic_call(plain, list)) return *value;
  }
  if (auto value = computed_call(plain, list.span())) return *value;
  if (php()) {
    // ReflectionClass::newInstance(…) gives its arguments to the constructor.
    if (receiver != nullptr && (plain == "newinstance" || plain == "newinstanceargs")) {
      const auto constructor = function_of_.find("__construct");
      if (constructor != function_of_.end()) return call_function(*constructor->second, list);
    }
    const bool hook = !plain.starts_with("apply_") && !plain.starts_with("do_") &&
                      !plain.starts_with("_deprecated");
    for (std::size_t i = 1; hook && i < list.count && i < 3; ++i) {  // add_action('init', 'name')
      if (!list.values[i].is_text() || list.values[i].text.empty()) continue;
      const auto own = function_of_.find(arena_.lower(list.values[i].text));
      if (own != function_of_.end()) own->second->hooked = true;
    }
    if (plain == "md5" || plain == "sha1" || plain == "crc32" || plain == "hash" ||
        plain == "crypt" || plain == "password_verify" || plain == "hash_hmac") {
      Value value;
      if (list.traits & kInput) value.type = "input digest";
      if (plain == "password_verify" && (list.traits & kInput)) fact(FactKind::kGate, plain);
      // A digest cut to pieces is a way to spell names.
      value.traits = 0;
      return value;
    }
    if (plain == "strcmp" || plain == "strcasecmp" || plain == "hash_equals") {
      if (list.count > 1) compared(list.values[0], list.values[1], Token{});
      return {};
    }
    if (plain == "define" && list.count > 1 && list.values[0].is_text()) {
      global_.at(arena_.keep("#" + std::string(arena_.lower(list.values[0].text)))) =
          list.values[1];
      return {};
    }
    if (plain == "constant" && list.count > 0 && list.values[0].is_text()) {
      if (const Value* known = global_.find("#" + std::string(arena_.lower(list.values[0].text))))
        return *known;
    }
    if ((plain == "preg_match" || plain == "preg_match_all") && list.count > 2) {
      assign(list.places[2], Value::unknown(list.values[1].traits & ~kPrefixed));
      return {};
    }
    if (plain == "stream_get_meta_data" && list.count > 0) {
      Value value;
      value.type = list.values[0].type;  // its "uri" names the file
      return value;
    }
    if (plain == "tempnam" || plain == "tmpfile") {
      Value value;
      value.type = kTemporaryName;
      return value;
    }
    if (plain == "error_get_last" || plain == "error_log") return {};
    if (receiver != nullptr) {
      // An unknown method of an object that holds input.
      return Value::unknown(receiver->traits & (kForeign | kRemote | kStored | kDecoded) &
                            ~kPrefixed);
    }
    return {};
  }
  if (plain == "md5" || plain == "sha1" || plain == ".computehash" || plain == "getmd5") {
    Value value;
    if (list.traits & kInput) value.type = "input digest";
    return value;
  }
  if (perl() && (plain == "read" || plain == "sysread") && list.count > 1) {
    const bool input = list.values[0].is_text() && list.values[0].text == "stdin";
    assign(list.places[1], Value::unknown(input ? kInput : kFileData));
    if (input) fact(FactKind::kSource, "standard input");
    return {};
  }
  // Elsewhere what is unknown gives on what it gets.
  Value value =
      Value::unknown((list.traits | (receiver != nullptr ? receiver->traits : 0)) & ~kPrefixed);
  if (receiver != nullptr && receiver_place != nullptr &&
      receiver_place->kind == Place::Kind::kVariable && (list.traits & kForeign) != 0 &&
      !receiver->has(kRequest)) {
    if (Value* slot = frame_->find(receiver_place->name)) slot->traits |= list.traits & kForeign;
  }
  return value;
}

Value Interpreter::call_function(Function& function, const Arguments& list) {
  const std::uint32_t interesting =
      list.traits & (kForeign | kDecoded | kBlob | kRemote | kStored | kBuilt | kDecrypted);
  if (function.running || calls_ >= kMostCalls || function.runs >= kMostRuns ||
      (function.runs >= 3 && interesting == 0 && function.runs > 200)) {
    Value value = Value::unknown((list.traits | function.result.traits) & ~kPrefixed);
    return value;
  }
  ++function.runs;
  function.running = true;
  ++calls_;
  Frame frame;
  frame.foreign = false;
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    if (i < list.count && list.keys[i].empty()) frame.at(function.parameters[i]) = list.values[i];
  }
  for (std::size_t i = 0; i < list.count; ++i) {
    if (list.keys[i].empty()) continue;
    const auto named =
        std::find(function.parameters.begin(), function.parameters.end(), list.keys[i]);
    if (named != function.parameters.end()) frame.at(*named) = list.values[i];
  }
  for (const auto& [name, value] : function.captured) frame.at(name) = value;
  // Perl's functions read @_.
  if (function.code->language == ScriptLanguage::kPerl) {
    Value all = Value::unknown(list.traits);
    frame.at("_") = all;
    frame.at("ARGV") = all;
  }
  const Code* code = code_;
  const std::uint32_t at = at_;
  const std::uint32_t end = end_;
  const std::uint32_t site = site_;
  Frame* outer = frame_;
  const int condition = condition_;
  const bool in_class = in_class_;
  const bool stop = stop_;
  const int computed = computed_;
  const Function* const current = current_;
  current_ = &function;
  computed_ = -1;
  code_ = function.code;
  at_ = function.begin;
  end_ = function.end;
  frame_ = &frame;
  condition_ = 0;
  in_class_ = false;
  stop_ = false;
  if (++depth_ < 190) {
    if (function.arrow) {
      return_value(expression(2));
    } else {
      block(end_);
    }
  }
  --depth_;
  if ((language() == ScriptLanguage::kVbScript || language() == ScriptLanguage::kVbNet) &&
      !frame.has_result) {
    if (const Value* value = frame.find(function.name)) frame.result = *value;
  }
  code_ = code;
  at_ = at;
  end_ = end;
  site_ = site;
  frame_ = outer;
  condition_ = condition;
  in_class_ = in_class;
  stop_ = stop;
  computed_ = computed;
  current_ = current;
  --calls_;
  function.running = false;
  for (std::size_t i = 0; function.references >> i != 0 && i < list.count; ++i) {
    if ((function.references >> i & 1U) == 0 || i >= function.parameters.size()) continue;
    if (const Value* changed = frame.find(function.parameters[i])) assign(list.places[i], *changed);
  }
  // What the script's own arithmetic makes of a long constant, where it was not computed.
  if (php() && frame.has_result && frame.result.kind == Value::Kind::kUnknown) {
    for (std::size_t i = 0; i < list.count; ++i) {
      if (list.values[i].is_text() && list.values[i].text.size() >= kLongText)
        frame.result.traits |= kOpaque;
    }
  }
  function.result = frame.result;
  return frame.result;
}

}  // namespace konseki::webshell
