#include "collectors/windows/base/registry_text.h"

#include <fmt/format.h>

#include <array>

#include "agent/base/unicode.h"

namespace konseki::windows {

std::string registry_type_name(RegistryType type) {
  static constexpr std::array<std::string_view, 12> kNames = {"REG_NONE",
                                                              "REG_SZ",
                                                              "REG_EXPAND_SZ",
                                                              "REG_BINARY",
                                                              "REG_DWORD",
                                                              "REG_DWORD_BIG_ENDIAN",
                                                              "REG_LINK",
                                                              "REG_MULTI_SZ",
                                                              "REG_RESOURCE_LIST",
                                                              "REG_FULL_RESOURCE_DESCRIPTOR",
                                                              "REG_RESOURCE_REQUIREMENTS_LIST",
                                                              "REG_QWORD"};
  const auto number = static_cast<std::uint32_t>(type);
  return number < kNames.size() ? std::string(kNames[number]) : fmt::format("REG_{}", number);
}

std::string value_text(const RegistryValue& value) {
  if (auto number = value.integer()) return fmt::format("{}", *number);
  std::string joined;
  for (const std::string& text : value.texts()) joined += (joined.empty() ? "" : " ") + text;
  return joined;
}

const RegistryValue* find_value(const std::vector<RegistryValue>& values, std::string_view name) {
  const std::string folded = fold_case(name);
  for (const RegistryValue& value : values) {
    if (value.name.size() == folded.size() && fold_case(value.name) == folded) return &value;
  }
  return nullptr;
}

std::string text_of(const std::vector<RegistryValue>& values, std::string_view name) {
  const RegistryValue* value = find_value(values, name);
  return value != nullptr ? value_text(*value) : std::string();
}

std::optional<std::uint64_t> integer_of(const std::vector<RegistryValue>& values,
                                        std::string_view name) {
  const RegistryValue* value = find_value(values, name);
  return value != nullptr ? value->integer() : std::nullopt;
}

std::string current_control_set(const RegistryHive& system) {
  if (auto select = system.find("Select")) {
    if (auto values = (*select)->values()) {
      const std::uint64_t current = integer_of(*values, "Current").value_or(0);
      std::string name = fmt::format("ControlSet{:03}", current);
      if (current > 0 && current < 1000 && system.find(name)) return name;
    }
  }
  auto root = system.root();
  if (!root) return {};
  std::string first;
  for (std::size_t i = 0; i < (*root)->subkey_count(); ++i) {
    auto key = (*root)->subkey(i);
    if (!key || !fold_case((*key)->name()).starts_with("controlset")) continue;
    if (first.empty() || (*key)->name() < first) first = (*key)->name();
  }
  return first;
}

}  // namespace konseki::windows
