#include "agent/bundle/sparse.h"

#include <algorithm>

namespace konseki {
namespace {

constexpr std::uint64_t kAlignment = 4096;
constexpr std::uint64_t kLeastHole = 64 * 1024;  // smaller ones are stored as zeros
constexpr std::size_t kMostRanges = 64 * 1024;

// Joins ranges less than `gap` apart.
void join_near(std::vector<ByteRange>& ranges, std::uint64_t gap) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].offset - ranges[kept].end() < gap) {
      ranges[kept].length = ranges[i].end() - ranges[kept].offset;
    } else {
      ranges[++kept] = ranges[i];
    }
  }
  if (!ranges.empty()) ranges.resize(kept + 1);
}

}  // namespace

std::vector<ByteRange> stored_ranges(ByteReader& content) {
  const std::uint64_t size = content.size();
  if (size < kLeastHoles) return {};
  std::vector<ByteRange> ranges;
  std::uint64_t gap = kLeastHole;
  for (std::uint64_t offset = 0; offset < size;) {
    const ByteRange found = content.next_data(offset);
    // A reader that goes backwards or past its end is not to be followed.
    if (found.length == 0 || found.offset < offset || found.offset >= size) break;
    const std::uint64_t end = std::min(size, found.offset + std::min(found.length, size));
    const std::uint64_t start = found.offset / kAlignment * kAlignment;
    const std::uint64_t aligned = std::min(size, (end + kAlignment - 1) / kAlignment * kAlignment);
    if (!ranges.empty() && start < ranges.back().end() + gap) {
      ranges.back().length = std::max(ranges.back().end(), aligned) - ranges.back().offset;
    } else {
      ranges.push_back({start, aligned - start});
    }
    while (ranges.size() > kMostRanges) join_near(ranges, gap *= 4);
    offset = end;
  }
  std::uint64_t stored = 0;
  for (const ByteRange& range : ranges) stored += range.length;
  if (size - stored < kLeastHoles) return {};
  if (ranges.empty()) ranges.push_back({size, 0});  // one hole: an empty list would mean "all"
  return ranges;
}

}  // namespace konseki
