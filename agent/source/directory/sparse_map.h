// SparseMap: files that Velociraptor stores without their holes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// Beside such a file X lies X.idx, JSON: {"ranges": [{"original_offset", "length" (in the
// original), "file_offset", "file_length" (in X; 0 for a hole)}]}. Keys come in snake_case or
// camelCase, numbers also as text.
struct SparseRun {
  std::uint64_t original_offset = 0;
  std::uint64_t length = 0;
  std::uint64_t file_offset = 0;
  std::uint64_t file_length = 0;
};

// Runs ascending and free of overlap; kCorrupt when they are not, or when it is not such a file.
Result<std::vector<SparseRun>> read_sparse_map(ByteReader& index);

// Size of the original file.
std::uint64_t original_size(const std::vector<SparseRun>& runs);

// The original: holes read as zero, and next_data() knows them.
std::unique_ptr<ByteReader> make_sparse_reader(std::unique_ptr<ByteReader> stored,
                                               std::vector<SparseRun> runs);

}  // namespace konseki
