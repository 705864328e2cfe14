// Compressed values of ESE databases.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "konseki/result.h"

namespace konseki::windows {

// Expands a value: 7 bits a character to one byte or to UTF-16LE, or LZ77 [MS-XCA 2.4], told by its
// first byte. kUnsupported for other kinds, kLimitExceeded for more than `most` bytes, kCorrupt
// with what could not be expanded.
Result<std::vector<std::byte>> ese_expand(std::span<const std::byte> value, std::size_t most);

// LZ77 alone, to exactly `size` bytes, which the caller has bounded.
Result<std::vector<std::byte>> xpress_expand(std::span<const std::byte> input, std::size_t size);

}  // namespace konseki::windows
