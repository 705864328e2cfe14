// Values of live keys, by name and type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "konseki/windows_state.h"

namespace konseki::windows {

// Names are compared case-blind, as Windows does.
const WindowsValue* find_value(const WindowsKey& key, std::string_view name);

// REG_SZ and REG_EXPAND_SZ, up to the NUL; of REG_MULTI_SZ the first. Empty when absent.
std::string text_value(const WindowsKey& key, std::string_view name);

// REG_DWORD and REG_QWORD, and REG_BINARY of those sizes.
std::optional<std::uint64_t> number_value(const WindowsKey& key, std::string_view name);
std::optional<std::uint64_t> number_of(const WindowsValue& value);

// A FILETIME in REG_QWORD or REG_BINARY; absent when it is zero.
std::optional<Timestamp> time_value(const WindowsKey& key, std::string_view name);

}  // namespace konseki::windows
