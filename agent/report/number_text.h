// Numbers as people read them, the same in every locale.
#pragma once

#include <cstdint>
#include <string>

#include "konseki/text.h"

namespace konseki {

std::string grouped(std::uint64_t number);          // "1,234,567"
std::string bytes_text(std::uint64_t bytes);        // "512 B", "1.5 MiB"
Bilingual seconds_text(std::int64_t microseconds);  // "2.5 s", "2.5 秒"; the sign is left out
Bilingual duration_text(std::int64_t seconds);      // "1 h 2 min 3 s", "1 時間 2 分 3 秒"

}  // namespace konseki
