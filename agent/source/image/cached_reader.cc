#include "agent/source/image/cached_reader.h"

#include <algorithm>
#include <cstring>

namespace konseki {

Result<const CachedReader::Block*> CachedReader::block(std::uint64_t number) {
  if (recent_ < blocks_.size() && blocks_[recent_].number == number) return &blocks_[recent_];
  std::size_t oldest = 0;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (blocks_[i].number == number) {
      blocks_[i].last_use = ++clock_;
      recent_ = i;
      return &blocks_[i];
    }
    if (blocks_[i].last_use < blocks_[oldest].last_use) oldest = i;
  }
  if (blocks_.size() < kBlockCount) {
    oldest = blocks_.size();
    blocks_.emplace_back().bytes.resize(kBlockSize);
  }
  Block& block = blocks_[oldest];
  block.number = ~std::uint64_t{0};
  KONSEKI_ASSIGN(block.length, base_->read_at(number * kBlockSize, block.bytes));
  block.number = number;
  block.last_use = ++clock_;
  recent_ = oldest;
  return &block;
}

Result<std::size_t> CachedReader::read_at(std::uint64_t offset, std::span<std::byte> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const std::uint64_t at = offset + filled;
    const std::size_t within = at % kBlockSize;
    if (within == 0 && out.size() - filled >= kBlockSize) {
      const std::size_t whole = (out.size() - filled) / kBlockSize * kBlockSize;
      KONSEKI_ASSIGN(const std::size_t count, base_->read_at(at, out.subspan(filled, whole)));
      filled += count;
      if (count < whole) return filled;
      continue;
    }
    KONSEKI_ASSIGN(const Block* source, block(at / kBlockSize));
    if (source->length <= within) break;
    const std::size_t count = std::min(source->length - within, out.size() - filled);
    std::memcpy(out.data() + filled, source->bytes.data() + within, count);
    filled += count;
    if (source->length < kBlockSize && within + count == source->length) break;
  }
  return filled;
}

}  // namespace konseki
