// Cells of a registry hive file: bounded reads of keys, lists and data, by offset.
//
// The format is that of Windows NT 4 and later ("regf" 1.2 to 1.6), as the community documents it.
// Bin headers are not needed to read cells and are not looked at, so damage in them costs nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/registry_hive.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// A key cell ("nk").
struct KeyCell {
  std::string name;
  Timestamp last_written;
  std::uint32_t subkey_count = 0;
  std::uint32_t subkey_list = 0;  // offset of the list
  std::uint32_t value_count = 0;
  std::uint32_t value_list = 0;
};

// Reads cells through a small cache of blocks. Offsets are those the cells themselves use, from
// the first bin on. Every size is checked against the hive's. Not thread-safe.
class RegistryCells {
 public:
  explicit RegistryCells(ByteReader& content);

  // Bytes behind the header.
  std::uint64_t size() const { return size_; }

  Result<KeyCell> key(std::uint32_t offset);

  // Offsets of the subkeys, at most `key.subkey_count` and never more than the hive can hold.
  // `complete` is set to false when the lists name fewer than the key does.
  std::vector<std::uint32_t> subkeys(const KeyCell& key, bool& complete);

  // Offsets of the values; fewer than `key.value_count` when the list is damaged.
  std::vector<std::uint32_t> values(const KeyCell& key);

  // A value cell with its data, unless that is larger than `limit`.
  Result<RegistryValue> value(std::uint32_t offset, std::uint64_t limit);

 private:
  using Bytes = std::vector<std::byte>;

  Result<void> read(std::uint64_t position, std::span<std::byte> out);
  // Up to `limit` bytes of the cell's content.
  Result<Bytes> cell(std::uint32_t offset, std::uint64_t limit);
  Result<Bytes> data(std::uint32_t offset, std::uint32_t size);
  Result<Bytes> segmented_data(const Bytes& head, std::uint32_t size);
  void add_list(std::uint32_t offset, std::size_t most, int depth,
                std::vector<std::uint32_t>& children);

  struct Block {
    std::uint64_t index = ~std::uint64_t{0};
    Bytes bytes;
  };

  ByteReader& content_;
  std::uint64_t size_;
  std::array<Block, 64> blocks_;
};

}  // namespace konseki
