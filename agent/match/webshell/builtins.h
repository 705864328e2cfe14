// Builtins: functions of the languages that are computed when their arguments are constants.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/match/webshell/arena.h"
#include "agent/match/webshell/script_language.h"
#include "agent/match/webshell/value.h"

namespace konseki::webshell {

// No text that is computed grows beyond this.
constexpr std::size_t kMaxText = 4 << 20;

// The constant as text; nothing when it is none. Numbers are written out, arrays are "Array".
std::optional<std::string_view> text_of(const Value& value, Arena& arena);
std::optional<std::int64_t> number_of(const Value& value);
// "a" after "Z" and so on: PHP's ++ on texts.
std::string incremented(std::string_view text);

// Makes arrays; the interpreter owns them.
class ArrayMaker {
 public:
  virtual ~ArrayMaker() = default;
  virtual ValueArray* make_array() = 0;
};

// The result of `name(arguments)`, or nothing when it is not known here or not constant. Traits of
// the result are set. Methods of texts are called with their receiver first.
std::optional<Value> compute(ScriptLanguage language, std::string_view name,
                             std::span<const Value> arguments, Arena& arena, ArrayMaker& arrays);

}  // namespace konseki::webshell
