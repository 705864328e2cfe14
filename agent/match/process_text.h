// How a running process and a place in its memory are told to a person.
#pragma once

#include <cstdint>

#include "konseki/matcher.h"
#include "konseki/text.h"

namespace konseki {

// "process 812 (/usr/bin/x)"; by its name where the program's path is not told. Well-formed text.
Bilingual process_text(const RunningProcess& process);

// "0x5581c2a0 ([heap], rw-, region at 0x5581c000)": the address, and its region: what is mapped,
// what may be done, where it begins. The address alone where no block holds it.
Bilingual place_in_memory(const MatchProcess& process, std::uint64_t address);

}  // namespace konseki
