// libyara's life in this process.
#pragma once

#include <string>
#include <string_view>

#include "konseki/result.h"

namespace konseki::yara {

// Starts libyara on the first call; it stays until the program ends. Thread-safe.
Result<void> start_library();

// The name of one of libyara's error numbers ("scan timed out"), or "error N".
std::string library_error(int code);

}  // namespace konseki::yara
