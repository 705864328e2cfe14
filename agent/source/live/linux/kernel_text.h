// Small text files that the kernel makes up on reading.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/result.h"

namespace konseki {

// Larger than any sensible /proc file of one process or table; what is larger is refused.
constexpr std::size_t kMaxKernelFile = 64u << 20;

// Everything `fd` gives from its start; LimitExceeded past `limit` bytes.
Result<std::vector<std::byte>> read_to_end(int fd, std::string_view what,
                                           std::size_t limit = kMaxKernelFile);

Result<std::string> read_kernel_text(const std::string& path);

}  // namespace konseki
