// CachedReader: turns many small reads into few large, aligned ones.
#pragma once

#include <memory>
#include <vector>

#include "konseki/medium_reader.h"

namespace konseki {

// Keeps the last blocks read; reads of a block or more go past the cache. What reaches the
// reader below always starts on a block boundary, as raw devices need it.
class CachedReader : public MediumReader {
 public:
  static constexpr std::size_t kBlockSize = 65536;
  static constexpr std::size_t kBlockCount = 64;

  explicit CachedReader(std::unique_ptr<ByteReader> base) : base_(std::move(base)) {}

  std::uint64_t size() const override { return base_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;
  std::vector<ByteRange> lost(const ByteRange& within) const override {
    return lost_of(*base_, within);
  }
  bool gone() const override { return is_gone(*base_); }

 private:
  struct Block {
    std::uint64_t number = ~std::uint64_t{0};
    std::uint64_t last_use = 0;
    std::size_t length = 0;
    std::vector<std::byte> bytes;
  };
  Result<const Block*> block(std::uint64_t number);

  std::unique_ptr<ByteReader> base_;
  std::vector<Block> blocks_;
  std::uint64_t clock_ = 0;
  std::size_t recent_ = 0;  // index of the block used last
};

}  // namespace konseki
