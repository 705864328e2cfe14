// Lines of configuration text as evidence: any bytes, no assumption but the line feed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

struct ConfigLine {
  std::string_view text;     // without the line feed; a carriage return before it stays
  std::uint64_t offset = 0;  // of the first byte
  std::uint32_t number = 0;  // from 1
  bool ended = true;         // false: the last line, without a line feed
};

void for_each_line(std::string_view text, const std::function<void(const ConfigLine&)>& visit);

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
std::string_view trim_left(std::string_view text);
std::string_view trim(std::string_view text);  // blanks and carriage returns on both sides

// The part up to the first blank, removed from `rest` together with the blanks that follow.
std::string_view take_word(std::string_view& rest);

std::vector<std::string_view> split(std::string_view text, char separator);

// What makes a line look different on a terminal from what a program reads: carriage returns,
// escape sequences, invisible and direction-changing Unicode characters, content pushed out of
// sight by blanks, very long lines. Empty for an honest line. Technical English.
std::vector<std::string> hiding_remarks(std::string_view line);

}  // namespace konseki
