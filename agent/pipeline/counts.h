// Counts: what a run did, for the screen, the manifest and the exit code.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "konseki/bundle.h"

namespace konseki {

struct Counts {
  std::uint64_t collected = 0;
  std::uint64_t linked = 0;
  std::uint64_t listed = 0;
  std::uint64_t skipped = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;  // content taken into the bundle, before compression
  std::uint64_t gaps = 0;   // what could not be looked at: failed files, directories, collectors
  std::map<std::string, std::uint64_t> records;  // by schema
};

}  // namespace konseki
