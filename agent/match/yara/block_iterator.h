// BlockIterator: gives libyara the content of a ByteReader block by block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/base/handles/yara.h"
#include "konseki/byte_reader.h"

namespace konseki::yara {

inline constexpr std::uint64_t kBlockSize = std::uint64_t{16} << 20;
inline constexpr std::uint64_t kBlockOverlap = std::uint64_t{1} << 20;

// The blocks that libyara gets of a content of `size` bytes.
std::vector<ByteRange> blocks_of(std::uint64_t size);

// Content is read when libyara asks for it. The first block stays in memory, for conditions read
// the head of a file again and again; one further block is held beside it.
class BlockIterator {
 public:
  // `blocks` in order, at most kBlockSize each; of what cannot be read libyara sees nothing.
  // Without a `size` conditions find filesize undefined.
  BlockIterator(ByteReader& content, std::vector<ByteRange> blocks,
                std::optional<std::uint64_t> size);

  BlockIterator(const BlockIterator&) = delete;
  BlockIterator& operator=(const BlockIterator&) = delete;

  YR_MEMORY_BLOCK_ITERATOR* iterator() { return &iterator_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  struct Buffer {
    std::size_t block = SIZE_MAX;  // which one it holds
    std::vector<std::byte> bytes;
    std::size_t filled = 0;
  };

  YR_MEMORY_BLOCK* go_to(std::size_t block);
  const std::uint8_t* fetch();

  static YR_MEMORY_BLOCK* first(YR_MEMORY_BLOCK_ITERATOR* iterator);
  static YR_MEMORY_BLOCK* next(YR_MEMORY_BLOCK_ITERATOR* iterator);
  static std::uint64_t file_size(YR_MEMORY_BLOCK_ITERATOR* iterator);
  static const std::uint8_t* fetch_data(YR_MEMORY_BLOCK* block);

  ByteReader& content_;
  std::vector<ByteRange> blocks_;
  std::uint64_t size_ = 0;
  std::size_t current_ = 0;
  Buffer head_;
  Buffer body_;
  YR_MEMORY_BLOCK block_{};
  YR_MEMORY_BLOCK_ITERATOR iterator_{};
  std::optional<Error> error_;
};

}  // namespace konseki::yara
