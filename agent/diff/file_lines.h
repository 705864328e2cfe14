// The changed lines of one file.
#pragma once

#include <cstddef>
#include <span>

#include "agent/diff/tree_diff.h"

namespace konseki {

// Content that is larger is not compared by line.
inline constexpr std::uint64_t kMostTextBytes = std::uint64_t{4} << 20;

// Sets what the two contents say: lines where both are text (UTF-8, any 8-bit code, or UTF-16 with
// its mark), else the note that they are not.
void compare_lines(std::span<const std::byte> old_bytes, std::span<const std::byte> new_bytes,
                   const DiffOptions& options, FileChange& change);

}  // namespace konseki
