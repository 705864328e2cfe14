// SectorReader over a device that refuses unaligned reads, has bad sectors and can go away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "agent/source/live/sector_reader.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct FakeState {
  std::vector<std::byte> bytes;
  std::uint32_t sector = 512;
  std::set<std::uint64_t> bad;  // sector numbers
  bool gone = false;            // says so
  bool dead = false;            // merely fails at every read, as some drivers do
  std::size_t reads = 0;
  std::size_t unaligned = 0;
};

class FakeDevice : public BlockDevice {
 public:
  explicit FakeDevice(FakeState& state) : state_(state) {}
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return state_.bytes.size(); }
  std::uint32_t sector_size() const override { return state_.sector; }
  DeviceRead read(std::uint64_t offset, std::span<std::byte> out) override {
    ++state_.reads;
    const auto address = reinterpret_cast<std::uintptr_t>(out.data());
    if (offset % state_.sector != 0 || out.size() % state_.sector != 0 ||
        address % state_.sector != 0 || out.empty()) {
      ++state_.unaligned;
      return {0, DeviceFault::kRefused, "unaligned"};
    }
    if (state_.gone) return {0, DeviceFault::kGone, "no such device"};
    if (state_.dead) return {0, DeviceFault::kUnreadable, "I/O error"};
    for (std::uint64_t at = offset; at < offset + out.size(); at += state_.sector) {
      if (state_.bad.contains(at / state_.sector)) {
        return {0, DeviceFault::kUnreadable, "cyclic redundancy check"};
      }
    }
    if (offset >= size()) return {};
    const auto count = std::min<std::uint64_t>(out.size(), size() - offset);
    std::copy_n(state_.bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
    return {static_cast<std::size_t>(count), DeviceFault::kNone, {}};
  }

 private:
  FakeState& state_;
  std::string name_ = "\\\\.\\X:";
};

std::vector<std::byte> pattern(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>((i * 7 + i / 251) | 1);
  return bytes;
}

std::vector<std::byte> read(ByteReader& reader, std::uint64_t offset, std::size_t length) {
  std::vector<std::byte> out(length);
  const auto count = reader.read_at(offset, out);
  EXPECT_TRUE(count) << count.error().detail;
  out.resize(count ? *count : 0);
  return out;
}

std::vector<std::byte> part(const std::vector<std::byte>& bytes, std::size_t from, std::size_t to) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(from),
          bytes.begin() + static_cast<std::ptrdiff_t>(to)};
}

TEST(SectorReader, AnyReadBecomesAlignedReads) {
  for (const std::uint32_t sector : {512u, 4096u}) {
    FakeState state;
    state.sector = sector;
    state.bytes = pattern(1 << 20);
    SectorReader reader(std::make_unique<FakeDevice>(state));
    for (const auto& [offset, length] :
         std::vector<std::pair<std::size_t, std::size_t>>{{0, 1},
                                                          {1, 1},
                                                          {511, 2},
                                                          {4095, 4098},
                                                          {0, 1 << 20},
                                                          {777, 300001},
                                                          {(1 << 20) - 1, 1}}) {
      EXPECT_EQ(read(reader, offset, length), part(state.bytes, offset, offset + length))
          << sector << ' ' << offset << ' ' << length;
    }
    EXPECT_EQ(read(reader, (1 << 20) - 3, 10).size(), 3u);
    EXPECT_TRUE(read(reader, 1 << 20, 10).empty());
    EXPECT_TRUE(read(reader, std::uint64_t{1} << 62, 10).empty());
    EXPECT_EQ(state.unaligned, 0u);
    EXPECT_THAT(reader.lost({0, reader.size()}), IsEmpty());
  }
}

TEST(SectorReader, DeviceThatIsNoWholeNumberOfSectors) {
  FakeState state;
  state.bytes = pattern(1000);
  SectorReader reader(std::make_unique<FakeDevice>(state));
  EXPECT_EQ(read(reader, 0, 2000), state.bytes);
  EXPECT_EQ(read(reader, 990, 100), part(state.bytes, 990, 1000));
  EXPECT_EQ(state.unaligned, 0u);
}

TEST(SectorReader, BadSectorsAreZeroNamedAndNothingElseIsLost) {
  FakeState state;
  state.bytes = pattern(256 * 512);
  state.bad = {9, 10, 200};
  SectorReader reader(std::make_unique<FakeDevice>(state));
  std::vector<std::byte> expected = state.bytes;
  for (const std::uint64_t sector : state.bad) {
    std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(sector * 512), 512, std::byte{0});
  }
  EXPECT_EQ(read(reader, 0, state.bytes.size()), expected);
  EXPECT_THAT(reader.lost({0, reader.size()}),
              ElementsAre(ByteRange{9 * 512, 1024}, ByteRange{200 * 512, 512}));
  EXPECT_THAT(reader.lost({10 * 512 + 5, 10}), ElementsAre(ByteRange{10 * 512 + 5, 10}));
  EXPECT_THAT(reader.lost({0, 9 * 512}), IsEmpty());
  EXPECT_FALSE(reader.gone());
  // What is known to be bad is not tried again: each try can cost a drive seconds.
  const std::size_t before = state.reads;
  EXPECT_EQ(read(reader, 9 * 512, 512), std::vector<std::byte>(512));
  EXPECT_EQ(state.reads, before);
}

TEST(SectorReader, FirstSectorBad) {
  FakeState state;
  state.bytes = pattern(64 * 512);
  state.bad = {0};
  SectorReader reader(std::make_unique<FakeDevice>(state));
  EXPECT_EQ(read(reader, 512, 512), part(state.bytes, 512, 1024));
  EXPECT_EQ(read(reader, 0, 512), std::vector<std::byte>(512));
  EXPECT_THAT(reader.lost({0, reader.size()}), ElementsAre(ByteRange{0, 512}));
}

TEST(SectorReader, LongDeadStretchCostsFewTries) {
  FakeState state;
  state.bytes = pattern(std::size_t{16} << 20);
  for (std::uint64_t sector = 64; sector < 32000; ++sector) state.bad.insert(sector);
  SectorReader reader(std::make_unique<FakeDevice>(state));
  const auto got = read(reader, 0, state.bytes.size());
  EXPECT_EQ(part(got, 0, 64 * 512), part(state.bytes, 0, 64 * 512));
  EXPECT_LT(state.reads, 1000u);
  const auto lost = reader.lost({0, reader.size()});
  ASSERT_FALSE(lost.empty());
  // Every bad sector is named; bytes outside of what is named are right.
  std::vector<std::byte> expected = state.bytes;
  for (const ByteRange& range : lost) {
    std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(range.offset), range.length,
                std::byte{0});
  }
  EXPECT_EQ(got, expected);
}

TEST(SectorReader, DeviceThatSaysItIsGone) {
  FakeState state;
  state.bytes = pattern(64 * 512);
  SectorReader reader(std::make_unique<FakeDevice>(state));
  EXPECT_EQ(read(reader, 0, 512).size(), 512u);
  state.gone = true;
  std::vector<std::byte> out(512);
  const auto failed = reader.read_at(1024, out);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(failed.error().detail, HasSubstr("\\\\.\\X:: the device is gone: no such device"));
  EXPECT_FALSE(failed.error().advice.ja.empty());
  EXPECT_TRUE(reader.gone());
  const std::size_t before = state.reads;
  EXPECT_FALSE(reader.read_at(0, out));
  EXPECT_EQ(state.reads, before) << "a device that is gone is not asked again";
}

TEST(SectorReader, DeviceThatFailsEverywhereIsGoneNotDamaged) {
  FakeState state;
  state.bytes = pattern(64 * 512);
  SectorReader reader(std::make_unique<FakeDevice>(state));
  EXPECT_EQ(read(reader, 0, 512).size(), 512u);
  state.dead = true;
  std::vector<std::byte> out(8192);
  EXPECT_FALSE(reader.read_at(8192, out));
  EXPECT_TRUE(reader.gone());
  EXPECT_THAT(reader.lost({0, reader.size()}), IsEmpty());
  EXPECT_LT(state.reads, 10u);
}

TEST(SectorReader, ImpossibleSectorSizes) {
  for (const std::uint32_t sector : {0u, 513u, 8192u}) {
    FakeState state;
    state.bytes = pattern(64 * 512);
    state.sector = sector;
    SectorReader reader(std::make_unique<FakeDevice>(state));
    std::vector<std::byte> out(16);
    EXPECT_FALSE(reader.read_at(0, out));
  }
}

}  // namespace
}  // namespace konseki
