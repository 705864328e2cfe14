#include "agent/source/live/sector_reader.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace konseki {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;  // read at once
constexpr std::size_t kAlignment = 4096;  // of the buffer; every sector size divides it
constexpr std::uint32_t kLargestSector = 4096;
// After so many failures without a success in between, damage is no longer narrowed down.
constexpr std::size_t kPatience = 64;

Bilingual advice_gone() {
  return {
      "The device was pulled out or its volume dismounted. What was collected before is kept; "
      "connect it again and start a new run.",
      "デバイスが取り外されたか、ボリュームがマウント解除されました。それまでに収集した分は"
      "残ります。接続し直して、もう一度実行してください。"};
}

}  // namespace

void SectorReader::Free::operator()(std::byte* bytes) const noexcept {
  ::operator delete[](bytes, std::align_val_t{kAlignment});
}

SectorReader::SectorReader(std::unique_ptr<BlockDevice> device)
    : device_(std::move(device)),
      buffer_(static_cast<std::byte*>(::operator new[](kPiece, std::align_val_t{kAlignment}))) {}

tl::unexpected<Error> SectorReader::vanish(const std::string& reason) {
  gone_ = true;
  gone_reason_ = reason;
  return fail(ErrorCode::kNotFound, device_->name() + ": the device is gone: " + reason,
              advice_gone());
}

Result<std::size_t> SectorReader::read_at(std::uint64_t offset, std::span<std::byte> out) {
  const std::uint32_t sector = device_->sector_size();
  if (sector == 0 || sector > kLargestSector || (sector & (sector - 1)) != 0) {
    return fail(ErrorCode::kUnsupported,
                device_->name() + ": sectors of " + std::to_string(sector) + " bytes");
  }
  std::size_t filled = 0;
  while (filled < out.size() && offset < size()) {
    // The last sector of a device whose size is no multiple of it is read short.
    const std::uint64_t start = offset & ~std::uint64_t{sector - 1};
    const std::uint64_t left =
        (offset - start) + std::min<std::uint64_t>(out.size() - filled, size() - offset);
    const std::uint64_t want =
        std::min<std::uint64_t>((left + sector - 1) & ~std::uint64_t{sector - 1}, kPiece);
    const std::span<std::byte> piece(buffer_.get(), static_cast<std::size_t>(want));
    KONSEKI_ASSIGN(const std::size_t count, read_sectors(start, piece));
    const std::size_t skip = static_cast<std::size_t>(offset - start);
    if (count <= skip) break;
    const std::size_t usable = std::min<std::size_t>(
        {count - skip, out.size() - filled,
         static_cast<std::size_t>(std::min<std::uint64_t>(size() - offset, kPiece))});
    std::memcpy(out.data() + filled, piece.data() + skip, usable);
    filled += usable;
    offset += usable;
    if (count < want) break;
  }
  return filled;
}

Result<std::size_t> SectorReader::read_sectors(std::uint64_t offset, std::span<std::byte> out) {
  if (gone_) return vanish(gone_reason_);
  if (known_lost(offset, out.size())) {
    std::memset(out.data(), 0, out.size());
    return out.size();
  }
  const DeviceRead read = device_->read(offset, out);
  switch (read.fault) {
    case DeviceFault::kNone:
      failures_ = 0;
      return read.count;
    case DeviceFault::kGone:
      return vanish(read.reason);
    case DeviceFault::kRefused:
      return fail(ErrorCode::kPermissionDenied,
                  device_->name() + " at offset " + std::to_string(offset) + ": " + read.reason);
    case DeviceFault::kUnreadable:
      break;
  }
  if (!still_there()) return vanish(read.reason);
  return salvage(offset, out);
}

// The piece as a whole did not read: its halves may.
Result<std::size_t> SectorReader::salvage(std::uint64_t offset, std::span<std::byte> out) {
  const std::uint32_t sector = device_->sector_size();
  if (out.size() <= sector || ++failures_ > kPatience) {
    give_up(offset, out);
    return out.size();
  }
  const std::size_t half = std::max<std::size_t>(out.size() / 2 / sector * sector, sector);
  KONSEKI_ASSIGN(const std::size_t first, read_sectors(offset, out.first(half)));
  if (first < half) return first;
  KONSEKI_ASSIGN(const std::size_t second, read_sectors(offset + half, out.subspan(half)));
  return first + second;
}

void SectorReader::give_up(std::uint64_t offset, std::span<std::byte> out) {
  std::memset(out.data(), 0, out.size());
  const std::uint64_t end = std::min(offset + out.size(), size());
  const auto after =
      std::lower_bound(lost_.begin(), lost_.end(), offset,
                       [](const ByteRange& range, std::uint64_t at) { return range.offset < at; });
  lost_.insert(after, {offset, end - offset});
  std::vector<ByteRange> merged;
  for (const ByteRange& range : lost_) {
    if (!merged.empty() && merged.back().end() >= range.offset) {
      merged.back().length = std::max(merged.back().end(), range.end()) - merged.back().offset;
    } else {
      merged.push_back(range);
    }
  }
  lost_ = std::move(merged);
}

bool SectorReader::known_lost(std::uint64_t offset, std::uint64_t length) const {
  const std::uint64_t end = std::min(offset + length, size());
  return std::any_of(lost_.begin(), lost_.end(), [&](const ByteRange& range) {
    return range.offset <= offset && range.end() >= end;
  });
}

bool SectorReader::still_there() {
  alignas(kLargestSector) std::byte first[kLargestSector];
  const DeviceRead read = device_->read(0, std::span(first).first(device_->sector_size()));
  // Where the first sector itself is bad, the second one answers.
  if (read.fault != DeviceFault::kUnreadable) return read.fault == DeviceFault::kNone;
  const DeviceRead next =
      device_->read(device_->sector_size(), std::span(first).first(device_->sector_size()));
  return next.fault == DeviceFault::kNone;
}

std::vector<ByteRange> SectorReader::lost(const ByteRange& within) const {
  std::vector<ByteRange> found;
  for (const ByteRange& range : lost_) {
    const std::uint64_t start = std::max(range.offset, within.offset);
    const std::uint64_t end = std::min(range.end(), within.end());
    if (start < end) found.push_back({start, end - start});
  }
  return found;
}

}  // namespace konseki
