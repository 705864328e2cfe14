// Value: what a property of an observed object holds. Any adapter (STIX JSON, records, files) can
// build one; the engine knows no other form of data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::stix {

struct Value {
  enum class Kind { kNull, kBoolean, kInteger, kFloat, kText, kList, kDictionary };

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;                // UTF-8
  std::vector<std::string> names;  // of a dictionary, beside `items`
  std::vector<Value> items;        // of a list or a dictionary

  static Value of(std::string text) {
    Value value;
    value.kind = Kind::kText;
    value.text = std::move(text);
    return value;
  }
  static Value of(std::int64_t integer) {
    Value value;
    value.kind = Kind::kInteger;
    value.integer = integer;
    return value;
  }
  static Value dictionary() {
    Value value;
    value.kind = Kind::kDictionary;
    return value;
  }

  void add(std::string name, Value value) {
    names.push_back(std::move(name));
    items.push_back(std::move(value));
  }
  // The first item of that name of a dictionary, or nullptr.
  const Value* find(std::string_view name) const {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == name) return &items[i];
    }
    return nullptr;
  }
};

}  // namespace konseki::stix
