// A job of at(1): a shell script whose file name tells the time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "konseki/time.h"

namespace konseki {

struct AtJob {
  char queue = 0;                    // 'a'..'z', 'A'..'Z' (batch), '=' while running
  std::uint64_t number = 0;          // as in atq
  Timestamp run_at;                  // whole minutes
  std::optional<std::uint32_t> uid;  // of the "# atrun" line
  std::optional<std::uint32_t> gid;
  std::string mail_to;    // of the "# mail" line
  std::string directory;  // where it changes to before it runs
  std::string command;    // what the user typed, verbatim
};

// A spool name "qNNNNNMMMMMMMM": queue letter, job number and minutes since 1970, both hex.
std::optional<AtJob> parse_at_name(std::string_view name);

// Adds what the script says.
void parse_at_script(std::string_view text, AtJob& job);

}  // namespace konseki
