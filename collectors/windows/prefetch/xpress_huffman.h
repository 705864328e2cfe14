// LZ77+Huffman ("Xpress Huffman") decompression, [MS-XCA] 2.2.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "konseki/result.h"

namespace konseki::windows {

// Expands `input` to exactly `size` bytes, which the caller has bounded. kCorrupt with what could
// not be expanded: a code without symbol, a match before the start, input that ends early.
Result<std::vector<std::byte>> xpress_huffman_expand(std::span<const std::byte> input,
                                                     std::size_t size);

}  // namespace konseki::windows
