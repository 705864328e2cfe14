#include "agent/bundle/sparse.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace konseki {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

class HoleyReader : public ByteReader {
 public:
  HoleyReader(std::uint64_t size, std::vector<ByteRange> data)
      : size_(size), data_(std::move(data)) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte> out) override {
    return out.size();
  }
  ByteRange next_data(std::uint64_t offset) override {
    const auto next = std::partition_point(
        data_.begin(), data_.end(), [&](const ByteRange& range) { return range.end() <= offset; });
    if (next != data_.end()) {
      const std::uint64_t start = std::max(next->offset, offset);
      return {start, next->end() - start};
    }
    return {size_, 0};
  }

 private:
  std::uint64_t size_;
  std::vector<ByteRange> data_;
};

TEST(StoredRanges, FilesWithoutEnoughHolesAreStoredWhole) {
  HoleyReader whole(64 * kMiB, {{0, 64 * kMiB}});
  EXPECT_TRUE(stored_ranges(whole).empty());
  HoleyReader few_holes(64 * kMiB, {{0, 49 * kMiB}});
  EXPECT_TRUE(stored_ranges(few_holes).empty());
}

TEST(StoredRanges, RangesAreWholeBlocks) {
  HoleyReader reader(64 * kMiB, {{5000, 10}, {40 * kMiB + 1, 100}});
  EXPECT_EQ(stored_ranges(reader), (std::vector<ByteRange>{{4096, 4096}, {40 * kMiB, 4096}}));
}

TEST(StoredRanges, TheLastRangeEndsWithTheFile) {
  HoleyReader reader(64 * kMiB + 7, {{64 * kMiB, 7}});
  EXPECT_EQ(stored_ranges(reader), (std::vector<ByteRange>{{64 * kMiB, 7}}));
}

TEST(StoredRanges, OneHoleIsNotMistakenForAll) {
  HoleyReader reader(64 * kMiB, {});
  EXPECT_EQ(stored_ranges(reader), (std::vector<ByteRange>{{64 * kMiB, 0}}));
}

TEST(StoredRanges, TheMapStaysSmall) {
  std::vector<ByteRange> many;
  for (std::uint64_t i = 0; i < 200'000; ++i) many.push_back({i * 128 * 1024, 4096});
  HoleyReader reader(200'000 * 128 * 1024ull + 64 * kMiB, many);
  const auto ranges = stored_ranges(reader);
  EXPECT_FALSE(ranges.empty());
  EXPECT_LE(ranges.size(), 65'536u);
}

}  // namespace
}  // namespace konseki
