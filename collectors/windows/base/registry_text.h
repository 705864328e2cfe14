// Registry values and keys as people read them.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/registry_hive.h"

namespace konseki::windows {

// "REG_SZ", "REG_DWORD", ...; "REG_<number>" for types that have no name.
std::string registry_type_name(RegistryType type);

// Text of a string type, numbers in decimal, lists joined by blanks; "" for binary data.
std::string value_text(const RegistryValue& value);

// The value of that name (case-blind), or null.
const RegistryValue* find_value(const std::vector<RegistryValue>& values, std::string_view name);

// Its text, or "".
std::string text_of(const std::vector<RegistryValue>& values, std::string_view name);
std::optional<std::uint64_t> integer_of(const std::vector<RegistryValue>& values,
                                        std::string_view name);

// The name of the control set that Windows used last ("ControlSet001"), from the SYSTEM hive's
// Select key; where that is gone, the first control set there is. "" when there is none.
std::string current_control_set(const RegistryHive& system);

}  // namespace konseki::windows
