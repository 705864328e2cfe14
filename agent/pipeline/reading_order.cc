#include "agent/pipeline/reading_order.h"

#include <algorithm>
#include <map>
#include <utility>

namespace konseki {

void put_in_reading_order(std::vector<ResolvedItem>& items,
                          const std::function<bool(std::size_t volume)>& is_snapshot) {
  std::map<std::size_t, std::size_t> turns;  // of each volume
  for (const ResolvedItem& item : items) {
    if (turns.contains(item.volume)) continue;
    turns.emplace(item.volume, is_snapshot(item.volume) ? item.volume + 1 : 0);
  }
  std::stable_sort(items.begin(), items.end(), [&](const ResolvedItem& a, const ResolvedItem& b) {
    return std::pair(turns.at(a.volume), !a.core) < std::pair(turns.at(b.volume), !b.core);
  });
}

}  // namespace konseki
