// Programs of Windows whose names are borrowed by others: where they lie and who starts them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace konseki::windows {

struct SystemProgram {
  std::string_view name;    // lower case
  std::string_view folder;  // below the system root, lower case: "system32", "" for itself
  bool also_32_bit;         // a SysWOW64 twin exists
  // Names of programs that start it, blank-separated; empty: anybody may.
  std::string_view parents;
  // Its parents never end, so that one without a living parent is odd as well.
  bool parent_stays;
  bool single;  // one a system
};

// Absent for names that are not watched. Case-blind.
const SystemProgram* find_system_program(std::string_view name);

// The watched name that `name` differs from by one letter (left out, put in, replaced or swapped),
// or by digits in the place of letters; "" when it is none, or a watched name itself.
std::string_view imitated_program(std::string_view name);

// True when `exe`, a display path, lies where the program belongs.
bool lies_right(const SystemProgram& program, std::string_view exe, std::string_view system_root);

bool may_start(const SystemProgram& program, std::string_view parent);

}  // namespace konseki::windows
