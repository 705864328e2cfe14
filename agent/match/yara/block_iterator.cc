#include "agent/match/yara/block_iterator.h"

#include <algorithm>

#include "agent/base/fence.h"

namespace konseki::yara {

std::vector<ByteRange> blocks_of(std::uint64_t size) {
  std::vector<ByteRange> blocks;
  for (std::uint64_t offset = 0; offset < size;) {
    const std::uint64_t length = std::min(kBlockSize, size - offset);
    blocks.push_back({offset, length});
    if (offset + length == size) break;
    offset += length - kBlockOverlap;
  }
  return blocks;
}

BlockIterator::BlockIterator(ByteReader& content, std::vector<ByteRange> blocks,
                             std::optional<std::uint64_t> size)
    : content_(content), blocks_(std::move(blocks)), size_(size.value_or(0)) {
  iterator_.context = this;
  iterator_.first = first;
  iterator_.next = next;
  if (size) iterator_.file_size = file_size;
  iterator_.last_error = ERROR_SUCCESS;
  block_.context = this;
  block_.fetch_data = fetch_data;
}

YR_MEMORY_BLOCK* BlockIterator::go_to(std::size_t block) {
  current_ = block;
  iterator_.last_error = ERROR_SUCCESS;
  if (block >= blocks_.size()) return nullptr;
  block_.base = blocks_[block].offset;
  block_.size = static_cast<std::size_t>(blocks_[block].length);
  return &block_;
}

const std::uint8_t* BlockIterator::fetch() {
  Buffer& buffer = current_ == 0 ? head_ : body_;
  const ByteRange& range = blocks_[current_];
  if (buffer.block != current_) {
    buffer.bytes.resize(static_cast<std::size_t>(range.length));
    buffer.filled = 0;
    while (buffer.filled < buffer.bytes.size()) {
      const auto got = content_.read_at(range.offset + buffer.filled,
                                        std::span(buffer.bytes).subspan(buffer.filled));
      if (!got && !error_) error_ = got.error();
      if (!got || *got == 0) break;
      buffer.filled += *got;
    }
    // A live file that shrank: what is missing reads as zero, which the digests show as well.
    std::fill(buffer.bytes.begin() + static_cast<std::ptrdiff_t>(buffer.filled), buffer.bytes.end(),
              std::byte{0});
    buffer.block = current_;
  }
  if (buffer.filled == 0) return nullptr;
  return reinterpret_cast<const std::uint8_t*>(buffer.bytes.data());
}

YR_MEMORY_BLOCK* BlockIterator::first(YR_MEMORY_BLOCK_ITERATOR* iterator) {
  return static_cast<BlockIterator*>(iterator->context)->go_to(0);
}

YR_MEMORY_BLOCK* BlockIterator::next(YR_MEMORY_BLOCK_ITERATOR* iterator) {
  auto& self = *static_cast<BlockIterator*>(iterator->context);
  return self.go_to(self.current_ + 1);
}

std::uint64_t BlockIterator::file_size(YR_MEMORY_BLOCK_ITERATOR* iterator) {
  return static_cast<BlockIterator*>(iterator->context)->size_;
}

const std::uint8_t* BlockIterator::fetch_data(YR_MEMORY_BLOCK* block) {
  const Fence::Outside outside;  // reading may take its time
  return static_cast<BlockIterator*>(block->context)->fetch();
}

}  // namespace konseki::yara
