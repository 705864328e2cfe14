// RankedMap: a bounded map whose content does not depend on the order of insertion.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace konseki::webshell {

// Keeps the `limit` keys of least rank. A key must have the same rank each time. One that was
// dropped never comes back, since what is kept only gets lower; so what remains is complete.
template <class Value>
class RankedMap {
 public:
  explicit RankedMap(std::size_t limit) : limit_(limit) {}

  // The value of the key, made when new; null when it does not belong to the least ones. `drop` is
  // called with a value that has to go.
  template <class Drop>
  Value* at(std::string_view key, std::uint64_t rank, Drop drop) {
    const auto [place, is_new] = map_.try_emplace(std::string(key));
    if (!is_new) return &place->second;
    heap_.push_back({rank, &place->first});
    std::push_heap(heap_.begin(), heap_.end(), lower);
    if (map_.size() <= limit_) return &place->second;
    std::pop_heap(heap_.begin(), heap_.end(), lower);
    const std::string dropped = *heap_.back().second;
    heap_.pop_back();
    ++dropped_;
    const bool itself = dropped == key;
    const auto gone = map_.find(dropped);
    drop(std::as_const(gone->second));
    map_.erase(gone);
    return itself ? nullptr : &map_.at(std::string(key));
  }
  const Value* find(std::string_view key) const {
    const auto found = map_.find(std::string(key));
    return found == map_.end() ? nullptr : &found->second;
  }
  const std::unordered_map<std::string, Value>& all() const { return map_; }
  std::unordered_map<std::string, Value>& all() { return map_; }
  // How often a key was dropped or turned away.
  std::uint64_t dropped() const { return dropped_; }

 private:
  using Ranked = std::pair<std::uint64_t, const std::string*>;
  static bool lower(const Ranked& a, const Ranked& b) {
    return a.first != b.first ? a.first < b.first : *a.second < *b.second;
  }

  std::size_t limit_;
  std::unordered_map<std::string, Value> map_;
  std::vector<Ranked> heap_;
  std::uint64_t dropped_ = 0;
};

}  // namespace konseki::webshell
