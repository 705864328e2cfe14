// RowPicker: the rows of a stream that a table shows, those that matter before the others.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki {

// Picks `most` lines: lower ranks first, then greater keys (times: the newest), then in order of
// arrival. Holds at most twice as many a rank.
class RowPicker {
 public:
  static constexpr std::size_t kRanks = 4;

  explicit RowPicker(std::size_t most) : most_(most) {}

  void add(std::size_t rank, std::string_view line, std::string_view key = {}) {
    ++total_;
    auto& rows = ranks_.at(rank);
    rows.emplace_back(key, line);
    if (rows.size() >= 2 * most_ + 1) trim(rows);
  }

  std::vector<std::string> take() {
    std::vector<std::string> picked;
    for (auto& rows : ranks_) {
      trim(rows);
      for (auto& [key, line] : rows) {
        if (picked.size() < most_) picked.push_back(std::move(line));
      }
      rows.clear();
    }
    return picked;
  }

  std::uint64_t total() const { return total_; }

 private:
  using Row = std::pair<std::string, std::string>;  // key, line

  void trim(std::vector<Row>& rows) const {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.first > b.first; });
    if (rows.size() > most_) rows.resize(most_);
  }

  std::size_t most_;
  std::uint64_t total_ = 0;
  std::array<std::vector<Row>, kRanks> ranks_;
};

}  // namespace konseki
