// HashSet: a set of 64-bit hashes, 8 bytes and a little more each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace konseki {

// Open addressing, at most 3/4 full. Holds hashes instead of what they stand for, so a false
// "yes" is possible, once in 2^64 / size.
class HashSet {
 public:
  bool contains(std::uint64_t hash) const;
  // False when it was there already.
  bool insert(std::uint64_t hash);
  std::size_t size() const { return size_; }

 private:
  std::size_t slot_of(std::uint64_t hash) const;
  void grow();

  std::vector<std::uint64_t> slots_;  // 0 = free; the hash 0 is kept as 1
  std::size_t size_ = 0;
};

}  // namespace konseki
