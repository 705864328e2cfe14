// What a text file is, as far as mining is concerned: by its path and its first lines.
#pragma once

#include <optional>
#include <string_view>

#include "agent/match/miner/miner_sign.h"

namespace konseki {

// True for bytes that are text in an ASCII-compatible encoding.
bool is_plain_text(std::string_view content);

// How the commands in the file come to run; nothing for prose, lists, pages and data, where the
// words of miners prove nothing.
std::optional<CommandPlace> place_of_text(std::string_view display_path, std::string_view content);

}  // namespace konseki
