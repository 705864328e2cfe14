#include "agent/source/image/ext_volume.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "agent/base/cursor.h"
#include "agent/source/image/cached_reader.h"
#include "agent/source/image/little_endian.h"

namespace konseki {
namespace {

constexpr std::uint64_t kSuperblock = 1024;
constexpr std::uint32_t kIncompatMetaBlockGroups = 0x10;
constexpr std::uint32_t kIncompat64Bit = 0x80;
constexpr std::uint32_t kExtentsFlag = 0x80000;
constexpr std::uint32_t kInlineFlag = 0x10000000;
constexpr std::uint16_t kExtentMagic = 0xf30a;
constexpr std::size_t kBlockField = 40;  // i_block
constexpr std::size_t kBlockFieldSize = 60;
constexpr std::size_t kBaseInodeSize = 128;
constexpr std::uint64_t kMaxLinkSize = 65536;
constexpr std::size_t kMaxExtentNodes = 1 << 16;
constexpr int kMaxExtentDepth = 6;
// Fragments of one file; garbage read as tables of blocks would give billions.
constexpr std::size_t kMaxRuns = 4'000'000;

// Seconds as they were first stored, with the nanoseconds and the two epoch bits added later.
std::optional<Timestamp> time_of(std::uint32_t seconds, std::uint32_t extra, bool has_extra) {
  if (seconds == 0 && (!has_extra || extra == 0)) return std::nullopt;
  std::int64_t whole = static_cast<std::int32_t>(seconds);
  std::int32_t nanoseconds = 0;
  if (has_extra) {
    whole += static_cast<std::int64_t>(extra & 3) << 32;
    nanoseconds = static_cast<std::int32_t>((extra >> 2) % 1'000'000'000);
  }
  return Timestamp::from_unix(whole, nanoseconds);
}

std::vector<std::byte> block_field(std::span<const std::byte> inode) {
  std::vector<std::byte> bytes(kBlockFieldSize);
  std::memcpy(bytes.data(), inode.data() + kBlockField, kBlockFieldSize);
  return bytes;
}

}  // namespace

FileType ExtInode::type() const {
  switch (mode >> 12) {
    case 0x1:
      return FileType::kFifo;
    case 0x2:
      return FileType::kCharacterDevice;
    case 0x4:
      return FileType::kDirectory;
    case 0x6:
      return FileType::kBlockDevice;
    case 0x8:
      return FileType::kRegular;
    case 0xa:
      return FileType::kSymlink;
    case 0xc:
      return FileType::kSocket;
    default:
      return FileType::kUnknown;
  }
}

Result<std::unique_ptr<ExtVolume>> ExtVolume::open(std::unique_ptr<ByteReader> base) {
  auto volume = std::make_unique<ExtVolume>();
  volume->volume_ = std::make_unique<CachedReader>(std::move(base));
  std::array<std::byte, 1024> super{};
  KONSEKI_ASSIGN(const std::size_t count, volume->volume_->read_at(kSuperblock, super));
  if (count != super.size() || le16(super, 56) != 0xef53) {
    return fail(ErrorCode::kCorrupt, "ext superblock");
  }
  const std::uint32_t shift = le32(super, 24);
  if (shift > 6) return fail(ErrorCode::kCorrupt, "ext superblock: block size");
  volume->block_size_ = 1024u << shift;
  volume->inode_count_ = le32(super, 0);
  volume->block_count_ = le32(super, 4);
  volume->inodes_per_group_ = le32(super, 40);
  const bool dynamic = le32(super, 76) != 0;
  volume->inode_size_ = dynamic ? le16(super, 88) : kBaseInodeSize;
  volume->first_inode_ = dynamic ? le32(super, 84) : 11;
  if ((le32(super, 96) & kIncompat64Bit) != 0) {
    volume->block_count_ |= static_cast<std::uint64_t>(le32(super, 336)) << 32;
  }
  if (volume->inode_size_ < kBaseInodeSize || volume->inode_size_ > volume->block_size_ ||
      (volume->inode_size_ & (volume->inode_size_ - 1)) != 0 || volume->inodes_per_group_ == 0 ||
      volume->inode_count_ == 0 || le32(super, 32) == 0) {
    return fail(ErrorCode::kCorrupt, "ext superblock: impossible sizes");
  }
  KONSEKI_TRY(volume->read_groups(super));
  return volume;
}

Result<void> ExtVolume::read_groups(std::span<const std::byte> super) {
  const std::uint32_t incompat = le32(super, 96);
  const std::uint64_t first_data = le32(super, 20);
  const std::uint32_t blocks_per_group = le32(super, 32);
  std::uint32_t size = 32;
  if ((incompat & kIncompat64Bit) != 0) size = le16(super, 254);
  if (size < 32 || size > block_size_) return fail(ErrorCode::kCorrupt, "ext group descriptors");
  const std::uint64_t count =
      (std::uint64_t{inode_count_} + inodes_per_group_ - 1) / inodes_per_group_;
  if (count * inodes_per_group_ * inode_size_ > volume_->size() + (std::uint64_t{1} << 32)) {
    return fail(ErrorCode::kCorrupt, "ext superblock: more inodes than the volume can hold");
  }
  const std::uint64_t per_block = block_size_ / size;
  const bool meta = (incompat & kIncompatMetaBlockGroups) != 0;
  const std::uint64_t first_meta = le32(super, 260);
  std::vector<std::byte> block;
  groups_.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t group = 0; group < count; ++group) {
    if (group % per_block == 0) {
      const std::uint64_t index = group / per_block;
      std::uint64_t at = first_data + 1 + index;
      if (meta && index >= first_meta) {
        // Descriptors lie in the first group of their own stretch of groups, behind a superblock
        // copy where that group has one (all groups do without sparse_super).
        const std::uint64_t home = index * per_block;
        const bool sparse = (le32(super, 100) & 1) != 0;
        const auto power_of = [](std::uint64_t value, std::uint64_t base) {
          while (value % base == 0) value /= base;
          return value == 1;
        };
        const bool copy =
            home <= 1 || !sparse || power_of(home, 3) || power_of(home, 5) || power_of(home, 7);
        at = first_data + home * blocks_per_group + (copy ? 1 : 0);
      }
      KONSEKI_TRY(read_block(at, block));
    }
    const auto raw = std::span<const std::byte>(block).subspan(
        static_cast<std::size_t>(group % per_block) * size, size);
    Group decoded;
    decoded.inode_table = le32(raw, 8);
    decoded.unused = le16(raw, 28);
    if (size >= 64) {
      decoded.inode_table |= static_cast<std::uint64_t>(le32(raw, 40)) << 32;
      decoded.unused |= static_cast<std::uint32_t>(le16(raw, 50)) << 16;
    }
    groups_.push_back(decoded);
  }
  return {};
}

Result<void> ExtVolume::read_block(std::uint64_t block, std::vector<std::byte>& out) {
  out.resize(block_size_);
  if (block > volume_->size() / block_size_) {
    return fail(ErrorCode::kCorrupt, "block " + std::to_string(block) + " is outside the volume");
  }
  KONSEKI_ASSIGN(const std::size_t count, volume_->read_at(block * block_size_, out));
  if (count != out.size()) {
    return fail(ErrorCode::kCorrupt,
                "block " + std::to_string(block) + " is past the end of the image");
  }
  return {};
}

Result<void> ExtVolume::read_inode(std::uint32_t number, ExtInode& inode) {
  if (number == 0 || number > inode_count_) {
    return fail(ErrorCode::kCorrupt, "inode " + std::to_string(number) + " does not exist");
  }
  const Group& group = groups_[(number - 1) / inodes_per_group_];
  if (group.inode_table > volume_->size() / block_size_) {
    return fail(ErrorCode::kCorrupt, "inode table outside the volume");
  }
  inode.body.resize(inode_size_);
  KONSEKI_ASSIGN(const std::size_t count,
                 volume_->read_at(group.inode_table * block_size_ +
                                      std::uint64_t{(number - 1) % inodes_per_group_} * inode_size_,
                                  inode.body));
  if (count != inode.body.size()) {
    return fail(ErrorCode::kCorrupt, "inode " + std::to_string(number) + " is past the end");
  }
  const std::span<const std::byte> raw = inode.body;
  inode.mode = le16(raw, 0);
  inode.uid = le16(raw, 2) | static_cast<std::uint32_t>(le16(raw, 120)) << 16;
  inode.gid = le16(raw, 24) | static_cast<std::uint32_t>(le16(raw, 122)) << 16;
  inode.links = le16(raw, 26);
  inode.flags = le32(raw, 32);
  inode.size = le32(raw, 4);
  // The high half was the directory ACL once; directories over 4 GiB need large_dir.
  if (inode.type() == FileType::kRegular) {
    inode.size |= static_cast<std::uint64_t>(le32(raw, 108)) << 32;
  }
  const std::size_t extra = inode_size_ > kBaseInodeSize ? le16(raw, 128) : 0;
  const auto extra_field = [&](std::size_t offset) {
    return kBaseInodeSize + extra >= offset + 4 && inode_size_ >= offset + 4;
  };
  const auto time = [&](std::size_t seconds, std::size_t more) {
    const bool has = extra_field(more);
    return time_of(le32(raw, seconds), has ? le32(raw, more) : 0, has);
  };
  inode.times.accessed = time(8, 140);
  inode.times.changed = time(12, 132);
  inode.times.modified = time(16, 136);
  inode.times.created = extra_field(144) ? time(144, 148) : std::nullopt;
  // While an inode is in use this field links the list of orphans.
  inode.times.deleted = inode.links == 0 ? time_of(le32(raw, 20), 0, false) : std::nullopt;
  return {};
}

bool ExtVolume::is_inline(const ExtInode& inode) { return (inode.flags & kInlineFlag) != 0; }

// Inline data starts in i_block and goes on in the attribute "system.data" behind the inode.
std::vector<std::byte> ExtVolume::inline_content(const ExtInode& inode) const {
  const std::span<const std::byte> raw = inode.body;
  std::vector<std::byte> content = block_field(raw);
  if (raw.size() > kBaseInodeSize + 4) {
    const std::size_t header = kBaseInodeSize + le16(raw, 128);
    if (header + 4 <= raw.size() && le32(raw, header) == 0xea020000) {
      const auto attributes = raw.subspan(header + 4);
      for (std::size_t at = 0; at + 16 <= attributes.size();) {
        const std::size_t name_size = le8(attributes, at);
        const unsigned index = le8(attributes, at + 1);
        if (name_size == 0 && index == 0) break;
        const std::size_t value = le16(attributes, at + 2);
        const std::size_t size = le32(attributes, at + 8);
        if (at + 16 + name_size > attributes.size()) break;
        const std::string_view name = as_text(attributes.subspan(at + 16, name_size));
        if (index == 7 && name == "data" && value <= attributes.size() &&
            size <= attributes.size() - value) {
          const auto rest = attributes.subspan(value, size);
          content.insert(content.end(), rest.begin(), rest.end());
          break;
        }
        at += (16 + name_size + 3) / 4 * 4;
      }
    }
  }
  if (content.size() > inode.size) content.resize(static_cast<std::size_t>(inode.size));
  return content;
}

Result<void> ExtVolume::extent_runs(const ExtInode& inode, std::vector<ExtRun>& runs) {
  struct Node {
    std::vector<std::byte> bytes;
    int depth;
  };
  const std::span<const std::byte> raw = inode.body;
  std::vector<Node> pending;
  pending.push_back({block_field(raw), kMaxExtentDepth});
  std::size_t nodes = 0;
  while (!pending.empty()) {
    const Node node = std::move(pending.back());
    pending.pop_back();
    const std::span<const std::byte> bytes = node.bytes;
    if (le16(bytes, 0) != kExtentMagic) return fail(ErrorCode::kCorrupt, "extent tree");
    const std::size_t entries = le16(bytes, 2);
    const int depth = le16(bytes, 6);
    if (depth >= node.depth || 12 + entries * 12 > bytes.size()) {
      return fail(ErrorCode::kCorrupt, "extent tree");
    }
    for (std::size_t i = entries; i-- > 0;) {  // last first: the stack turns them round
      const std::size_t at = 12 + i * 12;
      if (depth > 0) {
        if (++nodes > kMaxExtentNodes) return fail(ErrorCode::kLimitExceeded, "extent tree");
        Node child{{}, depth};
        KONSEKI_TRY(
            read_block(le32(bytes, at + 4) | static_cast<std::uint64_t>(le16(bytes, at + 8)) << 32,
                       child.bytes));
        pending.push_back(std::move(child));
        continue;
      }
      const std::uint32_t length = le16(bytes, at + 4);
      if (length > 32768) continue;  // allocated but never written: reads as zeros
      if (runs.size() >= kMaxRuns) return fail(ErrorCode::kLimitExceeded, "extent tree");
      runs.push_back({le32(bytes, at),
                      le32(bytes, at + 8) | static_cast<std::uint64_t>(le16(bytes, at + 6)) << 32,
                      length});
    }
  }
  return {};
}

Result<void> ExtVolume::indirect_runs(const ExtInode& inode, std::uint64_t blocks,
                                      std::vector<ExtRun>& runs) {
  const std::span<const std::byte> raw = inode.body;
  const std::uint64_t per_block = block_size_ / 4;
  std::uint64_t logical = 0;
  const auto add = [&](std::uint64_t physical) {
    if (physical != 0) {
      if (!runs.empty() && runs.back().logical + runs.back().length == logical &&
          runs.back().physical + runs.back().length == physical) {
        ++runs.back().length;
      } else {
        runs.push_back({logical, physical, 1});
      }
    }
    ++logical;
    return physical < block_count_ && runs.size() <= kMaxRuns;
  };
  const auto damage = [] { return fail(ErrorCode::kCorrupt, "block map"); };
  for (std::size_t i = 0; i < 12 && logical < blocks; ++i) {
    if (!add(le32(raw, kBlockField + i * 4))) return damage();
  }
  std::uint64_t span = 1;
  for (int level = 1; level <= 3 && logical < blocks; ++level) {
    span *= per_block;
    // Depth-first over tables of tables; at most three are open at a time.
    struct Table {
      std::vector<std::byte> bytes;
      std::uint64_t next = 0;
      int level = 0;
    };
    const std::uint32_t top = le32(raw, kBlockField + (11 + static_cast<std::size_t>(level)) * 4);
    if (top == 0) {
      logical += span;
      continue;
    }
    std::vector<Table> open(1);
    open[0].level = level;
    KONSEKI_TRY(read_block(top, open[0].bytes));
    while (!open.empty() && logical < blocks) {
      Table& table = open.back();
      if (table.next == per_block) {
        open.pop_back();
        continue;
      }
      const std::uint32_t block = le32(table.bytes, static_cast<std::size_t>(table.next++) * 4);
      if (table.level == 1) {
        if (!add(block)) return damage();
      } else if (block == 0) {
        std::uint64_t skipped = 1;
        for (int i = 1; i < table.level; ++i) skipped *= per_block;
        logical += skipped;
      } else {
        Table child;
        child.level = table.level - 1;
        KONSEKI_TRY(read_block(block, child.bytes));
        open.push_back(std::move(child));
      }
    }
  }
  return {};
}

Result<std::vector<ExtRun>> ExtVolume::runs_of(const ExtInode& inode, std::uint64_t blocks) {
  std::vector<ExtRun> runs;
  if ((inode.flags & kExtentsFlag) != 0) {
    KONSEKI_TRY(extent_runs(inode, runs));
  } else {
    KONSEKI_TRY(indirect_runs(inode, blocks, runs));
  }
  std::stable_sort(runs.begin(), runs.end(),
                   [](const ExtRun& a, const ExtRun& b) { return a.logical < b.logical; });
  std::uint64_t end = 0;
  for (const ExtRun& run : runs) {
    if (run.logical < end || run.physical >= block_count_ ||
        run.length > block_count_ - run.physical) {
      return fail(ErrorCode::kCorrupt, "block map");
    }
    end = run.logical + run.length;
  }
  return runs;
}

Result<void> ExtVolume::read_content(const ExtInode& inode, std::uint64_t limit,
                                     std::vector<std::byte>& out) {
  if (is_inline(inode)) {
    out = inline_content(inode);
    return {};
  }
  const std::uint64_t size = std::min({inode.size, limit, volume_->size()});
  out.assign(static_cast<std::size_t>(size), std::byte{0});
  KONSEKI_ASSIGN(const std::vector<ExtRun> runs,
                 runs_of(inode, (size + block_size_ - 1) / block_size_));
  for (const ExtRun& run : runs) {
    const std::uint64_t start = run.logical * block_size_;
    if (start >= size) break;
    const auto piece = std::span(out).subspan(
        static_cast<std::size_t>(start),
        static_cast<std::size_t>(std::min(run.length * block_size_, size - start)));
    KONSEKI_TRY(volume_->read_at(run.physical * block_size_, piece));
  }
  return {};
}

Result<std::string> ExtVolume::read_link(const ExtInode& inode) {
  if (inode.size < kBlockFieldSize && !is_inline(inode)) {
    return std::string(as_text(std::span<const std::byte>(inode.body)
                                   .subspan(kBlockField, static_cast<std::size_t>(inode.size))));
  }
  std::vector<std::byte> content;
  KONSEKI_TRY(read_content(inode, kMaxLinkSize, content));
  return std::string(as_text(content));
}

}  // namespace konseki
