// What is known of an indicator, packed: as stored once for each in an index.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "agent/match/indicators/indicator_sink.h"
#include "konseki/result.h"

namespace konseki {

// Texts that many indicators share are stored once; `place` answers where (0: the empty text).
using TextPlacer = std::function<std::uint32_t(std::string_view text)>;
using TextFinder = std::function<std::string(std::uint32_t place)>;

std::string pack_info(const IndicatorInfo& info, const TextPlacer& place);
// kCorrupt when `bytes` are not what pack_info() wrote.
Result<IndicatorInfo> unpack_info(std::string_view bytes, const TextFinder& find);

}  // namespace konseki
