#include "agent/source/image/ntfs_index.h"

#include "agent/source/image/little_endian.h"

namespace konseki {
namespace {

constexpr std::size_t kRootHeaderSize = 16;
constexpr std::size_t kBlockHeaderSize = 24;
constexpr std::size_t kNodeHeaderSize = 16;
constexpr std::size_t kEntryHeaderSize = 16;
constexpr std::uint16_t kLastEntry = 2;
constexpr std::uint32_t kMaxBlockSize = 64 * 1024;
constexpr std::uint64_t kMaxBitmapSize = 64 << 20;

enum class Visited { kAll, kStopped, kDamaged };

// `node` starts with the index node header.
Visited visit_node(std::span<const std::byte> node,
                   const std::function<bool(const NtfsIndexEntry&)>& visit) {
  if (node.size() < kNodeHeaderSize) return Visited::kDamaged;
  std::size_t at = le32(node, 0);
  const std::size_t end = std::min<std::size_t>(le32(node, 4), node.size());
  while (at + kEntryHeaderSize <= end) {
    const auto entry = node.subspan(at, end - at);
    const std::size_t length = le16(entry, 8);
    const std::size_t key = le16(entry, 10);
    const std::uint16_t flags = le16(entry, 12);
    if ((flags & kLastEntry) != 0) return Visited::kAll;
    if (length < kEntryHeaderSize || length > entry.size() || key > length - kEntryHeaderSize) {
      return Visited::kDamaged;
    }
    if (const auto name = decode_ntfs_name(entry.subspan(kEntryHeaderSize, key))) {
      if (!visit({NtfsReference::from(le64(entry, 0)), *name})) return Visited::kStopped;
    }
    at += length;
  }
  return Visited::kDamaged;
}

}  // namespace

Result<void> visit_ntfs_index(NtfsFactReader& facts, NtfsTable& table, std::uint64_t directory,
                              const std::function<bool(const NtfsIndexEntry&)>& visit) {
  const auto damage = [&](const std::string& what) {
    return fail(ErrorCode::kCorrupt,
                "index of MFT record " + std::to_string(directory) + ": " + what);
  };
  KONSEKI_ASSIGN(const NtfsPieces root, facts.pieces(directory, NtfsType::kIndexRoot, "$I30"));
  if (!root.found || !root.is_resident || root.resident.size() < kRootHeaderSize) {
    return damage("no root");
  }
  const std::span<const std::byte> root_bytes = root.resident;
  const std::uint32_t block_size = le32(root_bytes, 8);
  const Visited in_root = visit_node(root_bytes.subspan(kRootHeaderSize), visit);
  if (in_root == Visited::kStopped) return {};

  KONSEKI_ASSIGN(NtfsPieces allocation,
                 facts.pieces(directory, NtfsType::kIndexAllocation, "$I30"));
  bool damaged = in_root == Visited::kDamaged;
  if (allocation.found && !allocation.is_resident) {
    if (block_size < 512 || block_size > kMaxBlockSize || (block_size & (block_size - 1)) != 0) {
      return damage("block size");
    }
    // The bitmap tells blocks in use from blocks full of old entries.
    KONSEKI_ASSIGN(NtfsPieces bitmap_pieces, facts.pieces(directory, NtfsType::kBitmap, "$I30"));
    std::vector<std::byte> bitmap = std::move(bitmap_pieces.resident);
    if (!bitmap_pieces.is_resident && bitmap_pieces.size <= kMaxBitmapSize) {
      bitmap.resize(static_cast<std::size_t>(bitmap_pieces.size));
      auto filled =
          table
              .stream(std::move(bitmap_pieces.runs), bitmap_pieces.size, bitmap_pieces.initialised)
              ->read_at(0, bitmap);
      if (!filled) damaged = true;
      bitmap.resize(filled ? *filled : 0);
    }
    const std::uint64_t blocks = allocation.size / block_size;
    auto stream = table.stream(std::move(allocation.runs), allocation.size, allocation.initialised);
    std::vector<std::byte> block(block_size);
    for (std::uint64_t i = 0; i < blocks && i / 8 < bitmap.size(); ++i) {
      if ((le8(bitmap, static_cast<std::size_t>(i / 8)) >> (i % 8) & 1) == 0) continue;
      auto count = stream->read_at(i * block_size, block);
      if (!count || *count != block.size() || !apply_ntfs_fixup(block, "INDX")) {
        damaged = true;
        continue;
      }
      const Visited visited =
          visit_node(std::span<const std::byte>(block).subspan(kBlockHeaderSize), visit);
      if (visited == Visited::kStopped) return {};
      damaged |= visited == Visited::kDamaged;
    }
  }
  if (damaged) return damage("damaged blocks were skipped");
  return {};
}

}  // namespace konseki
