// JsonView: a value inside a line of JSON, read where it lies, without a tree and without copies.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

enum class JsonKind { kNone, kNull, kBoolean, kNumber, kText, kObject, kArray };

// Points into the text it was made from, which must outlive it. Text that is not JSON gives kNone
// or ends an iteration early; nothing here recurses, throws or reads outside the text.
struct JsonView {
  JsonKind kind = JsonKind::kNone;
  std::string_view raw;  // as written, with quotes and brackets

  explicit operator bool() const { return kind != JsonKind::kNone; }

  // Text decoded; numbers and booleans as written; "" for the rest. Lone surrogates become %uDXXX.
  std::string text() const;
  // Text as written between its quotes when it holds no escapes, else "": for comparing names.
  std::string_view plain() const;
  std::uint64_t unsigned_number() const;  // 0 where it is not one
  std::int64_t signed_number() const;
  bool is_true() const { return kind == JsonKind::kBoolean && raw == "true"; }

  // First member of that name of an object; kNone when there is none.
  JsonView operator[](std::string_view name) const;
  // Texts of an array's text elements.
  std::vector<std::string> texts() const;
};

// The value that `text` begins with, white space around it allowed.
JsonView json_view(std::string_view text);

// Steps through the members of an object or the elements of an array.
class JsonItems {
 public:
  explicit JsonItems(JsonView container);

  // False at the end, or where the text is damaged (see damaged()).
  bool next();
  std::string_view name() const { return name_; }  // as written; empty for elements
  const JsonView& value() const { return value_; }
  bool damaged() const { return damaged_; }

 private:
  bool stop(bool damaged);

  std::string_view rest_;
  std::string_view name_;
  JsonView value_;
  bool is_object_ = false;
  bool first_ = true;
  bool damaged_ = false;
};

}  // namespace konseki
