#include "agent/base/memory_reader.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace konseki {

Result<std::size_t> SpanReader::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= bytes_.size()) return std::size_t{0};
  const auto from = bytes_.subspan(static_cast<std::size_t>(offset));
  const std::size_t count = std::min(out.size(), from.size());
  if (count > 0) std::memcpy(out.data(), from.data(), count);
  return count;
}

Result<std::vector<std::byte>> read_all(ByteReader& reader, std::uint64_t limit) {
  const std::uint64_t size = reader.size();
  if (size > limit) {
    return fail(ErrorCode::kLimitExceeded,
                std::to_string(size) + " bytes, at most " + std::to_string(limit) + " are read");
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    KONSEKI_ASSIGN(const std::size_t count,
                   reader.read_at(filled, std::span(bytes).subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace konseki
