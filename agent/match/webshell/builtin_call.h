// BuiltinCall: the arguments of a function that is computed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/match/webshell/arena.h"
#include "agent/match/webshell/builtins.h"
#include "agent/match/webshell/value.h"

namespace konseki::webshell {

// A call of a function that is computed, with what it needs to make its result.
struct BuiltinCall {
  std::span<const Value> arguments;
  Arena& arena;
  ArrayMaker& arrays;

  std::size_t count() const { return arguments.size(); }
  // A constant text argument, else the whole call is not computed.
  std::optional<std::string_view> text(std::size_t i) const {
    if (i >= arguments.size()) return std::nullopt;
    return text_of(arguments[i], arena);
  }
  std::optional<std::int64_t> number(std::size_t i) const {
    if (i >= arguments.size()) return std::nullopt;
    return number_of(arguments[i]);
  }
  const ValueArray* array(std::size_t i) const {
    return i < arguments.size() ? arguments[i].array : nullptr;
  }
  std::uint32_t traits() const {
    std::uint32_t all = 0;
    for (const Value& value : arguments) all |= value.traits;
    return all;
  }
  std::optional<Value> made(std::string_view text, std::uint32_t extra = kBuilt) const {
    if (text.size() > kMaxText) return std::nullopt;
    const std::string_view kept = arena.keep(text);
    if (kept.size() != text.size()) return std::nullopt;
    return Value::of_text(kept, traits() | extra);
  }
  std::optional<Value> decoded(const std::optional<std::string>& text) const {
    if (!text) return std::nullopt;
    return made(*text, kDecoded | kBuilt);
  }
};

}  // namespace konseki::webshell
