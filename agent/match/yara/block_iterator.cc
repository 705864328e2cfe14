#include "agent/match/yara/block_iterator.h"

#include <algorithm>

namespace konseki::yara {

BlockIterator::BlockIterator(ByteReader& content) : content_(content) {
  for (std::uint64_t offset = 0; offset < content.size();) {
    const std::uint64_t length = std::min(kBlockSize, content.size() - offset);
    blocks_.push_back({offset, length});
    if (offset + length == content.size()) break;
    offset += length - kBlockOverlap;
  }
  iterator_.context = this;
  iterator_.first = first;
  iterator_.next = next;
  iterator_.file_size = file_size;
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
  return static_cast<BlockIterator*>(iterator->context)->content_.size();
}

const std::uint8_t* BlockIterator::fetch_data(YR_MEMORY_BLOCK* block) {
  return static_cast<BlockIterator*>(block->context)->fetch();
}

}  // namespace konseki::yara
