// What the small configuration formats among the startup places would run.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/linux/startup/startup_place.h"
#include "konseki/byte_reader.h"

namespace konseki {

struct StartupLine {
  std::string name;     // module, rule key, setting; empty: the file's own name
  std::string command;  // verbatim
  std::string user;     // where the file says so
  std::string trigger;  // added to the place's own; empty: nothing to add
  std::optional<bool> enabled;
  ByteRange range;
};

// Calls `visit` for everything that `text`, of any form but kScript, would run, in order. Pure;
// any bytes may come in.
void parse_startup_lines(std::string_view text, StartupForm form,
                         const std::function<void(StartupLine&&)>& visit);

}  // namespace konseki
