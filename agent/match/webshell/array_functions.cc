#include "agent/match/webshell/array_functions.h"

#include <algorithm>

#include "agent/match/webshell/lex_support.h"

namespace konseki::webshell {

std::optional<Value> joined(const BuiltinCall& call) {
  const ValueArray* array = call.array(0);
  std::string_view glue;
  if (array != nullptr) {
    if (call.count() > 1) glue = call.text(1).value_or("");
  } else {
    array = call.array(1);
    const auto text = call.text(0);
    if (array == nullptr || !text) return std::nullopt;
    glue = *text;
  }
  std::string out;
  std::uint32_t traits = 0;
  bool first = true;
  for (const auto& [key, element] : array->elements) {
    const auto text = text_of(element, call.arena);
    if (!text || out.size() > kMaxText) return std::nullopt;
    if (!first) out += glue;
    first = false;
    out += *text;
    traits |= element.traits;
  }
  auto value = call.made(out);
  if (value) value->traits |= traits;
  return value;
}

std::optional<Value> array_value(const BuiltinCall& call, std::span<const std::string_view> parts) {
  ValueArray* array = call.arrays.make_array();
  if (array == nullptr) return std::nullopt;
  for (const std::string_view part : parts) {
    array->elements.emplace_back(call.arena.keep(std::to_string(array->next++)),
                                 Value::of_text(part, call.traits() | kBuilt));
  }
  Value value = Value::unknown(call.traits());
  value.kind = Value::Kind::kArray;
  value.array = array;
  return value;
}

std::optional<Value> exploded(const BuiltinCall& call, std::string_view glue,
                              std::string_view text) {
  std::vector<std::string_view> parts;
  if (glue.empty()) return std::nullopt;
  std::size_t at = 0;
  while (parts.size() < 100000) {
    const std::size_t found = text.find(glue, at);
    parts.push_back(text.substr(at, found == std::string_view::npos ? found : found - at));
    if (found == std::string_view::npos) break;
    at = found + glue.size();
  }
  return array_value(call, parts);
}

std::optional<Value> split_in_pieces(const BuiltinCall& call) {
  const auto text = call.text(0);
  if (!text) return std::nullopt;
  const std::int64_t size = call.count() > 1 ? call.number(1).value_or(1) : 1;
  if (size < 1 || text->size() / static_cast<std::size_t>(size) > 200000) return std::nullopt;
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at < text->size(); at += static_cast<std::size_t>(size)) {
    parts.push_back(text->substr(at, static_cast<std::size_t>(size)));
  }
  return array_value(call, parts);
}

std::optional<Value> reversed_array(const BuiltinCall& call) {
  const ValueArray* from = call.array(0);
  ValueArray* array = from == nullptr ? nullptr : call.arrays.make_array();
  if (array == nullptr) return std::nullopt;
  for (auto it = from->elements.rbegin(); it != from->elements.rend(); ++it) {
    array->elements.emplace_back(call.arena.keep(std::to_string(array->next++)), it->second);
  }
  Value value = call.arguments[0];
  value.array = array;
  return value;
}

std::optional<Value> keys_of_array(const BuiltinCall& call) {
  const ValueArray* from = call.array(0);
  // Keys that somebody else chooses are not told from the others.
  const bool told = from != nullptr && call.count() == 1 && !call.arguments[0].has(kForeign);
  ValueArray* array = told ? call.arrays.make_array() : nullptr;
  if (array == nullptr) return std::nullopt;
  for (const auto& [key, element] : from->elements) {
    array->elements.emplace_back(call.arena.keep(std::to_string(array->next++)),
                                 Value::of_text(key));
  }
  Value value = call.arguments[0];
  value.array = array;
  return value;
}

std::optional<Value> flipped_array(const BuiltinCall& call) {
  const ValueArray* from = call.array(0);
  const bool told = from != nullptr && !call.arguments[0].has(kForeign);
  ValueArray* array = told ? call.arrays.make_array() : nullptr;
  if (array == nullptr) return std::nullopt;
  for (const auto& [key, element] : from->elements) {
    const auto text =
        element.kind == Value::Kind::kUnknown ? std::nullopt : text_of(element, call.arena);
    if (!text) return std::nullopt;
    array->elements.emplace_back(*text, Value::of_text(key));
  }
  Value value = call.arguments[0];
  value.array = array;
  return value;
}

std::optional<Value> difference(const BuiltinCall& call) {
  const ValueArray* from = call.array(0);
  ValueArray* array = from == nullptr ? nullptr : call.arrays.make_array();
  if (array == nullptr) return std::nullopt;
  if (from->elements.size() > 4096) return std::nullopt;
  for (const auto& element : from->elements) {
    if (!element.second.is_text()) return std::nullopt;
    bool found = false;
    for (std::size_t i = 1; i < call.count(); ++i) {
      const ValueArray* other = call.array(i);
      if (other == nullptr || other->elements.size() > 256) return std::nullopt;
      for (const auto& [key, value] : other->elements)
        found |= value.is_text() && value.text == element.second.text;
    }
    if (!found) array->elements.push_back(element);
  }
  Value value = call.arguments[0];
  value.array = array;
  value.traits |= kBuilt;
  return value;
}

namespace {

constexpr std::size_t kMostRemade = 1024;  // elements; names are put together of fewer

// The array of argument 0 with other elements; nothing where somebody else chooses any of them.
struct Remade {
  ValueArray* array = nullptr;
  Value value;
};

std::optional<Remade> remade(const BuiltinCall& call) {
  const ValueArray* from = call.array(0);
  if (from == nullptr || from->elements.size() > kMostRemade || (call.traits() & kForeign) != 0)
    return std::nullopt;
  Remade made;
  made.array = call.arrays.make_array();
  if (made.array == nullptr) return std::nullopt;
  made.value = call.arguments[0];
  made.value.kind = Value::Kind::kArray;
  made.value.array = made.array;
  return made;
}

bool is_number_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), is_digit);
}

// What PHP numbers anew is numbered anew; names stay where `names`.
void append(const BuiltinCall& call, ValueArray& array, bool names,
            const std::pair<std::string_view, Value>& element) {
  const std::string_view key = !names || is_number_key(element.first)
                                   ? call.arena.keep(std::to_string(array.next++))
                                   : element.first;
  array.elements.emplace_back(key, element.second);
}

}  // namespace

std::optional<Value> shared_keys(const BuiltinCall& call, bool in_others) {
  constexpr std::size_t kMostOfOther = 64;
  auto made = remade(call);
  if (!made) return std::nullopt;
  for (const auto& element : call.array(0)->elements) {
    bool found = false;
    for (std::size_t i = 1; i < call.count(); ++i) {
      const ValueArray* other = call.array(i);
      if (other == nullptr || other->elements.size() > kMostOfOther) return std::nullopt;
      found |= std::any_of(other->elements.begin(), other->elements.end(),
                           [&](const auto& theirs) { return theirs.first == element.first; });
    }
    if (found == in_others) made->array->elements.push_back(element);
  }
  return made->value;
}

std::optional<Value> merged_arrays(const BuiltinCall& call, bool names) {
  auto made = remade(call);
  if (!made) return std::nullopt;
  for (std::size_t i = 0; i < call.count(); ++i) {
    const ValueArray* from = call.array(i);
    if (from == nullptr || from->elements.size() > kMostRemade) return std::nullopt;
    for (const auto& element : from->elements) append(call, *made->array, names, element);
    made->value.traits |= call.arguments[i].traits;
  }
  return made->value;
}

std::optional<Value> slice(const BuiltinCall& call) {
  auto made = remade(call);
  const auto start = call.number(1);
  if (!made || !start) return std::nullopt;
  const auto size = static_cast<std::int64_t>(call.array(0)->elements.size());
  const std::int64_t first =
      std::clamp<std::int64_t>(*start < 0 ? size + std::max(*start, -size) : *start, 0, size);
  std::int64_t last = size;
  if (call.count() > 2) {
    const auto length = call.number(2);
    if (!length) return std::nullopt;
    last = *length < 0 ? size + std::max(*length, -size) : first + std::min(*length, size);
  }
  for (std::int64_t i = first; i < std::clamp(last, first, size); ++i)
    append(call, *made->array, true, call.array(0)->elements[static_cast<std::size_t>(i)]);
  return made->value;
}

std::optional<Value> combined_array(const BuiltinCall& call) {
  auto made = remade(call);
  const ValueArray* values = call.array(1);
  if (!made || values == nullptr) return std::nullopt;
  const auto& keys = call.array(0)->elements;
  for (std::size_t i = 0; i < std::min(keys.size(), values->elements.size()); ++i) {
    const Value& name = keys[i].second;
    const auto key = name.kind == Value::Kind::kUnknown ? std::nullopt : text_of(name, call.arena);
    if (!key) return std::nullopt;
    made->array->elements.emplace_back(*key, values->elements[i].second);
  }
  made->value.traits |= call.arguments[1].traits;
  return made->value;
}

std::optional<Value> key_at_front(const BuiltinCall& call) {
  const ValueArray* array = call.array(0);
  if (array == nullptr || array->elements.empty() || call.arguments[0].has(kForeign))
    return std::nullopt;
  return Value::of_text(array->elements.front().first);
}

std::optional<Value> key_of_value(const BuiltinCall& call) {
  const auto wanted = call.text(0);
  const ValueArray* array = call.array(1);
  if (!wanted || array == nullptr || call.arguments[1].has(kForeign)) return std::nullopt;
  for (const auto& [key, element] : array->elements) {
    const auto text =
        element.kind == Value::Kind::kUnknown ? std::nullopt : text_of(element, call.arena);
    if (text && *text == *wanted) return Value::of_text(key);
  }
  return std::nullopt;
}

std::optional<Value> element_at(const BuiltinCall& call, bool last) {
  const ValueArray* array = call.array(0);
  if (array == nullptr || array->elements.empty()) return std::nullopt;
  return last ? array->elements.back().second : array->elements.front().second;
}

std::optional<Value> numbers_of_range(const BuiltinCall& call) {
  const auto first = call.text(0);
  const auto last = call.text(1);
  if (!first || !last || first->empty() || last->empty()) return std::nullopt;
  ValueArray* array = call.arrays.make_array();
  if (array == nullptr) return std::nullopt;
  const bool letters = !is_digit((*first)[0]) && (*first)[0] != '-';
  const std::int64_t from =
      letters ? static_cast<unsigned char>((*first)[0]) : call.number(0).value_or(0);
  const std::int64_t to =
      letters ? static_cast<unsigned char>((*last)[0]) : call.number(1).value_or(0);
  const std::int64_t distance = to - from;
  if (distance > 4096 || distance < -4096) return std::nullopt;
  const std::int64_t step = to < from ? -1 : 1;
  for (std::int64_t i = from;; i += step) {
    const char c = static_cast<char>(i);
    array->elements.emplace_back(
        call.arena.keep(std::to_string(array->next++)),
        letters ? Value::of_text(call.arena.keep({&c, 1}), kBuilt) : Value::of_number(i));
    if (i == to) break;
  }
  Value value;
  value.kind = Value::Kind::kArray;
  value.array = array;
  return value;
}

}  // namespace konseki::webshell
