// The executables that go into a rescue kit.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

enum class ProgramSystem { kLinux, kWindows };

struct KitProgram {
  std::string name;  // in the kit
  std::unique_ptr<ByteReader> file;
  ProgramSystem system = ProgramSystem::kLinux;
  bool needs_libraries = false;  // of the host (Linux): it may not start on another one
};

// What a program for that system is called where nobody says otherwise.
std::string_view usual_program_name(ProgramSystem system);

// The program that is running, those in `paths`, and, where none of these is for the other system,
// one of the usual name beside the one that is running. kInvalidArgument names a file that is no
// program.
Result<std::vector<KitProgram>> kit_programs(const std::vector<std::string>& paths);

// The first for that system; null when there is none.
const KitProgram* program_for(const std::vector<KitProgram>& programs, ProgramSystem system);

}  // namespace konseki
