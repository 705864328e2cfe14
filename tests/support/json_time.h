// Times in the JSON files of golden cases.
#pragma once

#include <string>

#include "konseki/time.h"

namespace konseki::testing {

// "2026-01-02T03:04:05Z", with up to nine decimals. Throws std::invalid_argument.
Timestamp parse_iso8601(const std::string& text);

}  // namespace konseki::testing
