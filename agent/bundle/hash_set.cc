#include "agent/bundle/hash_set.h"

#include <algorithm>
#include <utility>

namespace konseki {
namespace {

constexpr std::size_t kFirstSlots = 1024;

}  // namespace

bool HashSet::contains(std::uint64_t hash) const {
  return !slots_.empty() && slots_[slot_of(std::max<std::uint64_t>(hash, 1))] != 0;
}

bool HashSet::insert(std::uint64_t hash) {
  hash = std::max<std::uint64_t>(hash, 1);
  if (4 * (size_ + 1) > 3 * slots_.size()) grow();
  std::uint64_t& slot = slots_[slot_of(hash)];
  if (slot != 0) return false;
  slot = hash;
  ++size_;
  return true;
}

// Where the hash is, or the free slot where it would go.
std::size_t HashSet::slot_of(std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(hash) & mask;
  while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & mask;
  return at;
}

void HashSet::grow() {
  std::vector<std::uint64_t> old(std::max(kFirstSlots, slots_.size() * 2));
  old.swap(slots_);
  for (std::uint64_t hash : old) {
    if (hash != 0) slots_[slot_of(hash)] = hash;
  }
}

}  // namespace konseki
