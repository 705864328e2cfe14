#include "agent/source/image/ntfs_security.h"

#include <algorithm>

#include "agent/source/image/little_endian.h"

namespace konseki {
namespace {

constexpr std::size_t kBlockSize = 262144;
constexpr std::size_t kEntryHeaderSize = 20;
// Windows itself keeps some ten thousand descriptors at most; this is far above.
constexpr std::uint64_t kMaxSdsSize = std::uint64_t{1} << 30;

}  // namespace

std::string owner_of_descriptor(std::span<const std::byte> descriptor) {
  if (descriptor.size() < 20) return {};
  const std::uint32_t offset = le32(descriptor, 4);
  if (offset == 0 || offset > descriptor.size() || descriptor.size() - offset < 8) return {};
  const auto sid = descriptor.subspan(offset);
  const std::size_t count = le8(sid, 1);
  if (count > 15 || sid.size() < 8 + count * 4) return {};
  std::uint64_t authority = 0;
  for (std::size_t i = 2; i < 8; ++i) authority = authority << 8 | le8(sid, i);
  std::string text = "S-" + std::to_string(le8(sid, 0)) + "-" + std::to_string(authority);
  for (std::size_t i = 0; i < count; ++i) text += "-" + std::to_string(le32(sid, 8 + i * 4));
  return text;
}

void NtfsOwners::load(ByteReader& sds) {
  std::vector<std::byte> block(kBlockSize);
  const std::uint64_t end = std::min(sds.size(), kMaxSdsSize);
  for (std::uint64_t start = 0; start < end; start += kBlockSize) {
    auto count = sds.read_at(start, block);
    if (!count) continue;
    const auto bytes = std::span<const std::byte>(block).first(*count);
    for (std::size_t at = 0; at + kEntryHeaderSize <= bytes.size();) {
      const std::uint32_t id = le32(bytes, at + 4);
      const std::size_t size = le32(bytes, at + 16);
      if (size < kEntryHeaderSize || size > bytes.size() - at) break;
      if (id != 0 && !owner_of_.contains(id)) {
        std::string owner =
            owner_of_descriptor(bytes.subspan(at + kEntryHeaderSize, size - kEntryHeaderSize));
        const auto [found, fresh] =
            index_.try_emplace(owner, static_cast<std::uint32_t>(sids_.size()));
        if (fresh) sids_.push_back(std::move(owner));
        owner_of_.emplace(id, found->second);
      }
      at += (size + 15) / 16 * 16;
    }
  }
}

const std::string& NtfsOwners::find(std::uint32_t security_id) const {
  const auto found = owner_of_.find(security_id);
  return sids_[found == owner_of_.end() ? 0 : found->second];
}

}  // namespace konseki
