// Text of unit files and drop-ins, systemd.syntax(7).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

struct UnitAssignment {
  std::string section;  // without brackets
  std::string key;
  std::string value;  // continued lines joined by a blank; quotes and specifiers as written
  std::uint32_t line = 0;
};

struct UnitText {
  std::vector<UnitAssignment> assignments;  // in order
  std::vector<std::string> remarks;         // tricks that hide a line
  std::string problem;                      // lines that are none of the syntax; empty when sound
};

// Pure; any bytes may come in.
UnitText parse_unit_text(std::string_view text);

}  // namespace konseki
