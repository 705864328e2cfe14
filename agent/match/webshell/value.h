// Value: what the analysis knows of an expression: its constant, or at least where it comes from.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::webshell {

// Where a value comes from. Bits; a value made of several has all of theirs.
enum Trait : std::uint32_t {
  kInput = 1 << 0,      // a request: parameters, body, headers, cookies
  kUpload = 1 << 1,     // an uploaded file: name, temporary file, content
  kStored = 1 << 2,     // session, database, cache
  kRemote = 1 << 3,     // fetched over the network
  kFileData = 1 << 4,   // read from a file
  kDecoded = 1 << 5,    // went through a decoder or character arithmetic
  kBlob = 1 << 6,       // made of a long encoded-looking constant
  kBuilt = 1 << 7,      // a constant put together at run time or written in escapes
  kUndefined = 1 << 8,  // a variable that nobody sets
  kParameter = 1 << 9,  // a parameter of a function nobody calls here
  kDecrypted = 1 << 10,
  kScriptName = 1 << 11,  // a name that ends as a script's does
  kPrefixed = 1 << 12,    // begins with a constant part
  kRequest = 1 << 13,     // the request object itself
  kSelf = 1 << 14,        // this file's own name or text
  kSocket = 1 << 15,      // a connection
  kOpaque = 1 << 16,      // made by arithmetic that was not followed
  kShell = 1 << 17,       // names a command interpreter
  kSpelled = 1 << 18,     // spelt by character codes
  kWebAddress = 1 << 19,  // begins with a constant "http://…"
  kHiddenHost = 1 << 20,  // begins with one that a decoder gave
  kListed = 1 << 21,      // the name of a file that was found by listing a folder
};

// "http://…", "https://…".
bool is_web_address(std::string_view text);

// Type of a file that the system named.
inline constexpr std::string_view kTemporaryName = "temporary name";

// Traits of content that someone outside chooses.
constexpr std::uint32_t kForeign = kInput | kUpload;

struct Value;

// Elements by key, in order. Shared by the values that hold it; kept by the interpreter.
struct ValueArray {
  std::vector<std::pair<std::string_view, Value>> elements;
  std::int64_t next = 0;

  Value* find(std::string_view key);
};

struct Function;

struct Value {
  enum class Kind : std::uint8_t { kUnknown, kText, kNumber, kArray };
  Kind kind = Kind::kUnknown;
  std::uint32_t traits = 0;
  std::string_view text;  // of kText
  std::string_view type;  // class of an object, lower case; empty when unknown
  std::int64_t number = 0;
  ValueArray* array = nullptr;
  const Function* function = nullptr;  // a closure

  bool is_text() const { return kind == Kind::kText; }
  bool is_number() const { return kind == Kind::kNumber; }
  bool has(std::uint32_t any_of) const { return (traits & any_of) != 0; }

  static Value of_text(std::string_view text, std::uint32_t traits = 0) {
    Value value;
    value.kind = Kind::kText;
    value.text = text;
    value.traits = traits;
    return value;
  }
  static Value of_number(std::int64_t number, std::uint32_t traits = 0) {
    Value value;
    value.kind = Kind::kNumber;
    value.number = number;
    value.traits = traits;
    return value;
  }
  static Value unknown(std::uint32_t traits = 0) {
    Value value;
    value.traits = traits;
    return value;
  }
};

// A text, or a list of some, that stands in the script as it is: not put together, not decoded.
inline bool stands_so(const Value& value) {
  if (value.array == nullptr) return value.is_text() && !value.has(kBuilt | kDecoded | kUndefined);
  return std::all_of(value.array->elements.begin(), value.array->elements.end(),
                     [](const auto& element) {
                       return element.second.array == nullptr && stands_so(element.second);
                     });
}

inline Value* ValueArray::find(std::string_view key) {
  for (auto& [name, value] : elements) {
    if (name == key) return &value;
  }
  return nullptr;
}

}  // namespace konseki::webshell
