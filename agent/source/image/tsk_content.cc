#include "agent/source/image/tsk_content.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "agent/base/unicode.h"
#include "agent/source/image/tsk_image.h"
#include "konseki/medium_reader.h"

namespace konseki {
namespace {

// Longer chains come only from damage or malice; a real file of this many fragments is absurd.
constexpr std::size_t kMaxRuns = 16'000'000;

// What a stream's run list says of its bytes; ranges in order, merged.
struct Layout {
  std::vector<ByteRange> stored;
  std::vector<ByteRange> missing;  // the run list is known to lack these (damaged metadata)
};

void append_range(std::vector<ByteRange>& ranges, std::uint64_t offset, std::uint64_t length) {
  if (length == 0) return;
  if (!ranges.empty() && ranges.back().end() == offset) {
    ranges.back().length += length;
  } else {
    ranges.push_back({offset, length});
  }
}

class ContentReader : public MediumReader {
 public:
  ContentReader(TSK_FS_INFO* volume, TskFile file, const TSK_FS_ATTR* attribute, Layout layout,
                std::string label)
      : volume_(volume),
        file_(std::move(file)),
        attribute_(attribute),
        layout_(std::move(layout)),
        label_(std::move(label)) {}

  std::uint64_t size() const override { return static_cast<std::uint64_t>(attribute_->size); }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size()) return std::size_t{0};
    std::uint64_t want = std::min<std::uint64_t>(out.size(), size() - offset);
    for (const ByteRange& gap : layout_.missing) {
      if (gap.end() <= offset || gap.offset >= offset + want) continue;
      if (gap.offset <= offset) {
        return fail(ErrorCode::kCorrupt,
                    label_ + ": offset " + std::to_string(offset) + ": the run list is incomplete");
      }
      want = gap.offset - offset;
    }
    std::size_t filled = 0;
    while (filled < want) {
      const auto count =
          tsk_fs_attr_read(attribute_, static_cast<TSK_OFF_T>(offset + filled),
                           reinterpret_cast<char*>(out.data()) + filled,
                           static_cast<std::size_t>(want) - filled, TSK_FS_FILE_READ_FLAG_NONE);
      if (count < 0) return fail(take_tsk_error(ErrorCode::kCorrupt, label_));
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    return filled;
  }

  ByteRange next_data(std::uint64_t offset) override {
    if (offset >= size()) return {size(), 0};
    const auto after =
        std::upper_bound(layout_.stored.begin(), layout_.stored.end(), offset,
                         [](std::uint64_t at, const ByteRange& range) { return at < range.end(); });
    if (after == layout_.stored.end()) return {size(), 0};
    const std::uint64_t start = std::max(offset, after->offset);
    return {start, after->end() - start};
  }

  std::vector<ByteRange> lost(const ByteRange& within) const override {
    std::vector<ByteRange> found;
    if ((attribute_->flags & TSK_FS_ATTR_NONRES) == 0) return found;
    const std::uint64_t block = volume_->block_size;
    // One bad sector spoils the whole unit of a compressed stream.
    const std::uint64_t unit = (attribute_->flags & TSK_FS_ATTR_COMP) != 0
                                   ? std::max<std::uint64_t>(attribute_->nrd.compsize, 1) * block
                                   : 1;
    const std::uint64_t end = std::min(within.end(), size());
    for (const TSK_FS_ATTR_RUN* run = attribute_->nrd.run; run != nullptr; run = run->next) {
      if ((run->flags & (TSK_FS_ATTR_RUN_FLAG_FILLER | TSK_FS_ATTR_RUN_FLAG_SPARSE)) != 0) continue;
      const std::uint64_t first = run->offset * block - attribute_->nrd.skiplen;
      const auto medium = lost_of_image(
          *volume_->img_info,
          {static_cast<std::uint64_t>(volume_->offset) + run->addr * block, run->len * block});
      for (const ByteRange& range : medium) {
        const std::uint64_t at =
            first +
            (range.offset - static_cast<std::uint64_t>(volume_->offset) - run->addr * block);
        const std::uint64_t from = std::max(at / unit * unit, within.offset);
        const std::uint64_t to = std::min((at + range.length + unit - 1) / unit * unit, end);
        if (from < to) append_range(found, from, to - from);
      }
    }
    return found;
  }

 private:
  TSK_FS_INFO* volume_;
  TskFile file_;
  const TSK_FS_ATTR* attribute_;  // inside file_
  Layout layout_;
  std::string label_;
};

// The library writes '^' for what it cannot show: lone surrogates and control characters.
bool same_stream_name(std::string_view wanted, std::string_view shown) {
  std::size_t at = 0;
  std::size_t shown_at = 0;
  while (at < wanted.size() && shown_at < shown.size()) {
    const std::uint32_t point = next_code_point(wanted, at);
    const std::uint32_t shown_point = next_code_point(shown, shown_at);
    const bool unshowable = point < 0x20 || (point >= 0xd800 && point <= 0xdfff);
    if (point != shown_point && !(unshowable && shown_point == '^')) return false;
  }
  return at == wanted.size() && shown_at == shown.size();
}

// The library stores any number it finds in this field; as an enumerator it may not be read.
std::uint32_t type_of(const TSK_FS_ATTR& attribute) {
  std::uint32_t type = 0;
  static_assert(sizeof type == sizeof attribute.type);
  std::memcpy(&type, &attribute.type, sizeof type);
  return type;
}

const TSK_FS_ATTR* find_stream(TSK_FS_FILE* file, std::string_view stream) {
  if (stream.empty()) {
    const TSK_FS_ATTR* plain = tsk_fs_file_attr_get(file);
    // On directories the library answers their index; that is no content.
    return plain != nullptr && type_of(*plain) == TSK_FS_ATTR_TYPE_NTFS_IDXROOT ? nullptr : plain;
  }
  const int count = tsk_fs_file_attr_getsize(file);
  for (int i = 0; i < count; ++i) {
    const TSK_FS_ATTR* attribute = tsk_fs_file_attr_get_idx(file, i);
    if (attribute != nullptr && type_of(*attribute) == TSK_FS_ATTR_TYPE_NTFS_DATA &&
        attribute->name != nullptr && same_stream_name(stream, attribute->name)) {
      return attribute;
    }
  }
  return nullptr;
}

Result<Layout> read_layout(const TSK_FS_INFO& volume, const TSK_FS_ATTR& attribute) {
  Layout layout;
  const auto size = static_cast<std::uint64_t>(attribute.size);
  if ((attribute.flags & TSK_FS_ATTR_NONRES) == 0 || (attribute.flags & TSK_FS_ATTR_COMP) != 0) {
    append_range(layout.stored, 0, size);
    return layout;
  }
  // Past the initialised size bytes are zero whatever the clusters hold.
  const std::uint64_t initialised =
      std::min(size, static_cast<std::uint64_t>(std::max<TSK_OFF_T>(attribute.nrd.initsize, 0)));
  const std::uint64_t block = volume.block_size;
  const std::uint64_t skip = attribute.nrd.skiplen;
  std::size_t runs = 0;
  for (const TSK_FS_ATTR_RUN* run = attribute.nrd.run; run != nullptr; run = run->next) {
    if (++runs > kMaxRuns) return fail(ErrorCode::kLimitExceeded, "too many fragments");
    std::uint64_t start = 0;
    std::uint64_t length = 0;
    if (__builtin_mul_overflow(run->offset, block, &start) ||
        __builtin_mul_overflow(run->len, block, &length) || start >= initialised + skip) {
      break;
    }
    std::uint64_t end =
        std::min(start + std::min(length, initialised + skip - start), initialised + skip);
    start = start > skip ? start - skip : 0;
    end = end > skip ? end - skip : 0;
    if (end <= start) continue;
    if ((run->flags & TSK_FS_ATTR_RUN_FLAG_FILLER) != 0) {
      append_range(layout.missing, start, end - start);
    } else if ((run->flags & TSK_FS_ATTR_RUN_FLAG_SPARSE) == 0) {
      append_range(layout.stored, start, end - start);
    }
  }
  return layout;
}

// Are all clusters of a deleted stream still free? One reused cluster would mix two files.
Result<void> require_unallocated(TSK_FS_INFO* volume, const TSK_FS_ATTR& attribute,
                                 std::string_view label) {
  if ((attribute.flags & TSK_FS_ATTR_NONRES) == 0) return {};
  std::uint64_t covered = 0;
  for (const TSK_FS_ATTR_RUN* run = attribute.nrd.run; run != nullptr; run = run->next) {
    if ((run->flags & TSK_FS_ATTR_RUN_FLAG_FILLER) != 0) continue;
    covered += run->len;
    if ((run->flags & TSK_FS_ATTR_RUN_FLAG_SPARSE) != 0) continue;
    if (run->addr > volume->last_block || run->len > volume->last_block - run->addr + 1) {
      return fail(ErrorCode::kUnsupported,
                  "overwritten: " + std::string(label) + ": its clusters lie outside the volume");
    }
    for (TSK_DADDR_T i = 0; i < run->len; ++i) {
      if ((volume->block_getflags(volume, run->addr + i) & TSK_FS_BLOCK_FLAG_UNALLOC) == 0) {
        tsk_error_reset();
        return fail(ErrorCode::kUnsupported, "overwritten: " + std::string(label) + ": cluster " +
                                                 std::to_string(run->addr + i) +
                                                 " is in use by another file");
      }
    }
  }
  if (covered == 0 && attribute.size > 0) {
    return fail(ErrorCode::kUnsupported,
                "overwritten: " + std::string(label) + ": no cluster numbers are left");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ByteReader>> open_tsk_content(TSK_FS_INFO* volume,
                                                     const ContentRequest& request) {
  const std::string label(request.label);
  TskFile file(tsk_fs_file_open_meta(volume, nullptr, request.inode));
  if (file == nullptr || file->meta == nullptr) {
    return fail(take_tsk_error(ErrorCode::kCorrupt, label));
  }
  if (request.deleted && (file->meta->flags & TSK_FS_META_FLAG_UNALLOC) == 0) {
    return fail(ErrorCode::kUnsupported,
                "overwritten: " + label + ": its metadata entry is in use by another file");
  }
  const TSK_FS_ATTR* attribute = find_stream(file.get(), request.stream);
  if (attribute == nullptr) {
    const Error error = take_tsk_error(ErrorCode::kNotFound, label);
    if (request.stream.empty()) return fail(ErrorCode::kUnsupported, label + ": no data stream");
    return fail(error.code, error.detail);
  }
  if (attribute->size < 0) return fail(ErrorCode::kCorrupt, label + ": negative size");
  if (request.deleted) KONSEKI_TRY(require_unallocated(volume, *attribute, label));
  KONSEKI_ASSIGN(Layout layout, read_layout(*volume, *attribute));
  return std::make_unique<ContentReader>(volume, std::move(file), attribute, std::move(layout),
                                         label);
}

}  // namespace konseki
