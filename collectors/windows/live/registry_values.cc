#include "collectors/windows/live/registry_values.h"

#include <algorithm>

#include "agent/base/unicode.h"

namespace konseki::windows {
namespace {

constexpr std::uint32_t kText = 1;
constexpr std::uint32_t kExpandable = 2;
constexpr std::uint32_t kBinary = 3;
constexpr std::uint32_t kDword = 4;
constexpr std::uint32_t kTextList = 7;
constexpr std::uint32_t kQword = 11;

}  // namespace

const WindowsValue* find_value(const WindowsKey& key, std::string_view name) {
  const std::string folded = fold_case(name);
  const auto found = std::ranges::find_if(
      key.values, [&](const WindowsValue& value) { return fold_case(value.name) == folded; });
  return found == key.values.end() ? nullptr : &*found;
}

std::string text_value(const WindowsKey& key, std::string_view name) {
  const WindowsValue* value = find_value(key, name);
  if (value == nullptr) return {};
  if (value->type != kText && value->type != kExpandable && value->type != kTextList) return {};
  return utf16le_to_wtf8_until_nul(value->data);
}

std::optional<std::uint64_t> number_of(const WindowsValue& value) {
  if (value.type != kDword && value.type != kQword && value.type != kBinary) return std::nullopt;
  if (value.data.size() != 4 && value.data.size() != 8) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = value.data.size(); i-- > 0;) {
    number = number << 8 | std::to_integer<std::uint64_t>(value.data[i]);
  }
  return number;
}

std::optional<std::uint64_t> number_value(const WindowsKey& key, std::string_view name) {
  const WindowsValue* value = find_value(key, name);
  return value == nullptr ? std::nullopt : number_of(*value);
}

std::optional<Timestamp> time_value(const WindowsKey& key, std::string_view name) {
  const auto ticks = number_value(key, name);
  if (!ticks || *ticks == 0) return std::nullopt;
  return Timestamp::from_filetime(*ticks);
}

}  // namespace konseki::windows
