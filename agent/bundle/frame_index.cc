#include "agent/bundle/frame_index.h"

#include <algorithm>
#include <array>

#include "agent/base/cursor.h"
#include "agent/bundle/frame_decoder.h"
#include "agent/bundle/frame_format.h"

namespace konseki {
namespace {

constexpr std::size_t kMostFrameHeader = 18;
constexpr std::uint32_t kMostBlock = 128 * 1024;
constexpr std::uint64_t kMostRatio = kMostBlock / 4;   // a block takes four bytes at least
constexpr std::uint32_t kSkippableMagic = 0x184D2A50;  // low four bits are free
constexpr std::uint32_t kSkippableMask = 0xFFFFFFF0;

// A bundle of 16 TiB has four million frames. More than the file could hold is a lie.
constexpr std::uint64_t kLeastFrame = 9;

void put_u32(std::string& out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

std::string at_offset(std::uint64_t offset, std::string_view what) {
  return "offset " + std::to_string(offset) + ": " + std::string(what);
}

// Reads `count` bytes or as many as there are.
Result<std::vector<std::byte>> read_some(ByteReader& file, std::uint64_t offset,
                                         std::size_t count) {
  std::vector<std::byte> bytes(count);
  KONSEKI_ASSIGN(const std::size_t got, file.read_at(offset, bytes));
  bytes.resize(got);
  return bytes;
}

// A window over the file for the small reads of a scan.
class Window {
 public:
  explicit Window(ByteReader& file) : file_(file) {}

  // At least `count` bytes from `offset`, fewer only at the end of the file.
  Result<std::span<const std::byte>> view(std::uint64_t offset, std::size_t count) {
    if (offset < start_ || offset + count > start_ + bytes_.size()) {
      KONSEKI_ASSIGN(bytes_, read_some(file_, offset, std::max<std::size_t>(count, 4096)));
      start_ = offset;
    }
    const auto skip =
        std::min<std::size_t>(bytes_.size(), static_cast<std::size_t>(offset - start_));
    return std::span<const std::byte>(bytes_).subspan(skip);
  }

 private:
  ByteReader& file_;
  std::uint64_t start_ = 0;
  std::vector<std::byte> bytes_;
};

// Where a frame ends, or how it fails to.
struct FrameEnd {
  enum class Kind { kFound, kCutOff, kDamaged } kind = Kind::kFound;
  std::uint64_t offset = 0;
};

// Follows the block headers to the end of the frame.
Result<FrameEnd> end_of_frame(Window& window, std::uint64_t file_size, std::uint64_t offset,
                              const FrameHeader& header) {
  // No frame is longer than its content stored raw: past that the headers lead astray.
  constexpr std::uint64_t kAnyLength = std::uint64_t{1} << 62;
  const std::uint64_t content = header.content_size.value_or(kAnyLength);
  const std::uint64_t most = content >= kAnyLength ? kAnyLength : content + content / 128 + 1024;
  std::uint64_t at = offset + header.size;
  for (bool last = false; !last;) {
    if (at - offset > most) return FrameEnd{FrameEnd::Kind::kDamaged, at};
    KONSEKI_ASSIGN(const auto bytes, window.view(at, 3));
    if (bytes.size() < 3) return FrameEnd{FrameEnd::Kind::kCutOff, file_size};
    const std::uint32_t block = std::to_integer<std::uint32_t>(bytes[0]) |
                                std::to_integer<std::uint32_t>(bytes[1]) << 8 |
                                std::to_integer<std::uint32_t>(bytes[2]) << 16;
    last = (block & 1) != 0;
    const std::uint32_t type = block >> 1 & 3;
    const std::uint32_t size = block >> 3;
    if (type == 3 || size > kMostBlock) return FrameEnd{FrameEnd::Kind::kDamaged, at};
    at += 3 + (type == 1 ? 1 : size);
  }
  if (header.has_checksum) at += 4;
  if (at > file_size) return FrameEnd{FrameEnd::Kind::kCutOff, file_size};
  return FrameEnd{FrameEnd::Kind::kFound, at};
}

bool is_skippable(std::uint32_t magic) { return (magic & kSkippableMask) == kSkippableMagic; }

// True when a frame begins there: the evidence holds zstd files of its own, whose magic numbers
// mean nothing. After a frame of ours comes another one, a table or the end.
Result<bool> begins_frame(Window& window, std::uint64_t file_size, std::uint64_t offset) {
  KONSEKI_ASSIGN(const auto bytes, window.view(offset, kMostFrameHeader));
  const auto header = parse_frame_header(bytes);
  if (!header) return false;
  KONSEKI_ASSIGN(const FrameEnd end, end_of_frame(window, file_size, offset, *header));
  if (end.kind != FrameEnd::Kind::kFound) return false;
  if (end.offset == file_size) return true;
  KONSEKI_ASSIGN(const auto next, window.view(end.offset, 4));
  const std::uint32_t magic = Cursor(next).u32();
  return magic == kZstdMagic || is_skippable(magic);
}

// The next offset from `offset` on where a frame or a table of ours begins.
Result<std::optional<std::uint64_t>> find_frame(ByteReader& file, std::uint64_t offset) {
  constexpr std::size_t kStep = 64 * 1024;
  Window window(file);
  while (true) {
    KONSEKI_ASSIGN(const auto bytes, read_some(file, offset, kStep));
    if (bytes.size() < 4) return std::nullopt;
    for (std::size_t i = 0; i + 4 <= bytes.size(); ++i) {
      const std::uint32_t magic = Cursor(std::span(bytes).subspan(i, 4)).u32();
      if (magic == kFrameDigestMagic || magic == kSeekTableMagic) return offset + i;
      if (magic != kZstdMagic) continue;
      KONSEKI_ASSIGN(const bool begins, begins_frame(window, file.size(), offset + i));
      if (begins) return offset + i;
    }
    offset += bytes.size() - 3;
  }
}

// Adds a frame that does not end, with as much content as it gives.
Result<void> add_broken(ByteReader& file, FrameIndex& index, Frame frame, bool last) {
  FrameDecoder decoder(file, frame.offset, frame.size);
  std::vector<std::byte> scratch(256 * 1024);
  std::uint64_t content = 0;
  while (true) {
    KONSEKI_ASSIGN(const std::size_t got, decoder.read(scratch));
    if (got == 0) break;
    content += got;
  }
  // Frames behind it lie where they would lie had it been sound: frames of ours are full ones.
  if (!last) content = std::max<std::uint64_t>(content, kFrameContent);
  frame.content_size = content;
  frame.whole = false;
  index.frames.push_back(frame);
  index.content_size += content;
  return {};
}

// The frames' digests, when they stand between the last frame and the seek table.
Result<void> read_digests(ByteReader& file, FrameIndex& index, std::uint64_t offset) {
  const std::uint64_t count = index.frames.size();
  const std::uint64_t payload = kFrameDigestTag.size() + 8 * count;
  if (offset + kSkippableHeader + payload > file.size()) return {};
  KONSEKI_ASSIGN(const auto bytes,
                 read_some(file, offset, static_cast<std::size_t>(kSkippableHeader + payload)));
  Cursor cursor(bytes);
  if (cursor.u32() != kFrameDigestMagic || cursor.u32() != payload) return {};
  if (as_text(cursor.bytes(kFrameDigestTag.size())) != kFrameDigestTag) return {};
  index.digests.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) index.digests.push_back(cursor.u64());
  if (!cursor.ok()) index.digests.clear();
  return {};
}

// The index that the seek table gives, or nothing where there is none that fits the file.
Result<std::optional<FrameIndex>> read_seek_table(ByteReader& file) {
  const std::uint64_t size = file.size();
  if (size < kSkippableHeader + kSeekFooter) return std::nullopt;
  KONSEKI_ASSIGN(const auto footer, read_some(file, size - kSeekFooter, kSeekFooter));
  Cursor tail(footer);
  const std::uint64_t count = tail.u32();
  const std::uint8_t descriptor = tail.u8();
  if (tail.u32() != kSeekFooterMagic || !tail.ok()) return std::nullopt;
  const std::size_t entry = (descriptor & kSeekChecksumFlag) != 0 ? kSeekEntry : kSeekEntry - 4;
  const std::uint64_t payload = count * entry + kSeekFooter;
  if (count == 0 || count > size / kLeastFrame || payload + kSkippableHeader > size) {
    return std::nullopt;
  }
  const std::uint64_t start = size - payload - kSkippableHeader;
  KONSEKI_ASSIGN(const auto bytes, read_some(file, start, static_cast<std::size_t>(size - start)));
  Cursor cursor(bytes);
  if (cursor.u32() != kSeekTableMagic || cursor.u32() != payload) return std::nullopt;
  FrameIndex index;
  index.from_seek_table = true;
  index.frames.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    Frame frame;
    frame.offset = index.end;
    frame.size = cursor.u32();
    frame.content_offset = index.content_size;
    frame.content_size = cursor.u32();
    cursor.skip(entry - 8);
    index.end += frame.size;
    index.content_size += frame.content_size;
    if (frame.size < kLeastFrame || frame.content_size > kMostFrameContent) return std::nullopt;
    index.frames.push_back(frame);
  }
  if (!cursor.ok() || index.end > start) return std::nullopt;
  KONSEKI_TRY(read_digests(file, index, index.end));
  // Nothing but the digest table may stand between the last frame and the seek table.
  const std::uint64_t between =
      index.digests.empty() ? 0 : kSkippableHeader + kFrameDigestTag.size() + 8 * count;
  if (index.end + between != start) return std::nullopt;
  return index;
}

}  // namespace

std::optional<FrameHeader> parse_frame_header(std::span<const std::byte> bytes) {
  Cursor cursor(bytes);
  if (cursor.u32() != kZstdMagic) return std::nullopt;
  const std::uint8_t descriptor = cursor.u8();
  if ((descriptor & 0x08) != 0) return std::nullopt;  // reserved
  const bool single_segment = (descriptor & 0x20) != 0;
  FrameHeader header;
  header.has_checksum = (descriptor & 0x04) != 0;
  if (!single_segment) {
    const std::uint8_t window = cursor.u8();
    const std::uint64_t base = std::uint64_t{1} << (10 + (window >> 3));
    header.window_size = base + base / 8 * (window & 7);
  }
  constexpr std::array<std::size_t, 4> kDictionary{0, 1, 2, 4};
  cursor.skip(kDictionary[descriptor & 3]);
  switch (descriptor >> 6) {
    case 0:
      if (single_segment) header.content_size = cursor.u8();
      break;
    case 1:
      header.content_size = cursor.u16() + 256;
      break;
    case 2:
      header.content_size = cursor.u32();
      break;
    default:
      header.content_size = cursor.u64();
      break;
  }
  if (!cursor.ok()) return std::nullopt;
  if (single_segment) header.window_size = *header.content_size;
  header.size = cursor.offset();
  return header;
}

std::size_t FrameIndex::find(std::uint64_t content_offset) const {
  const auto after = std::upper_bound(
      frames.begin(), frames.end(), content_offset,
      [](std::uint64_t offset, const Frame& frame) { return offset < frame.content_offset; });
  if (after == frames.begin() || content_offset >= content_size) return frames.size();
  return static_cast<std::size_t>(after - frames.begin()) - 1;
}

Result<FrameIndex> index_frames(ByteReader& file) {
  KONSEKI_ASSIGN(auto table, read_seek_table(file));
  if (table) return std::move(*table);
  return scan_frames(file);
}

Result<FrameIndex> scan_frames(ByteReader& file) {
  FrameIndex index;
  Window window(file);
  std::uint64_t at = 0;
  const auto note = [&](std::uint64_t offset, std::string_view what) {
    if (index.damage.empty()) index.damage = at_offset(offset, what);
  };
  while (at < file.size()) {
    KONSEKI_ASSIGN(const auto bytes, window.view(at, kMostFrameHeader));
    Cursor cursor(bytes);
    const std::uint32_t magic = cursor.u32();
    const std::uint32_t skip = cursor.u32();
    if (cursor.ok() && is_skippable(magic)) {
      if (magic == kFrameDigestMagic && index.digests.empty()) {
        KONSEKI_TRY(read_digests(file, index, at));
      }
      at += kSkippableHeader + skip;
      if (at > file.size()) note(file.size(), "a table is cut off");
      continue;
    }
    const auto header = parse_frame_header(bytes);
    if (!header) {
      note(at, "no zstd frame where one should begin");
      KONSEKI_ASSIGN(const auto next, find_frame(file, at + 1));
      if (!next) break;
      // What lies between was a frame once, of which not even the header is left.
      Frame lost{at, *next - at, index.content_size, kFrameContent, false};
      index.frames.push_back(lost);
      index.content_size += kFrameContent;
      index.end = at = *next;
      continue;
    }
    Frame frame{at, 0, index.content_size, 0, true};
    KONSEKI_ASSIGN(const FrameEnd end, end_of_frame(window, file.size(), at, *header));
    if (end.kind != FrameEnd::Kind::kFound) {
      note(at, "a zstd frame does not come to its end");
      std::optional<std::uint64_t> next;
      if (end.kind == FrameEnd::Kind::kDamaged) {
        KONSEKI_ASSIGN(next, find_frame(file, at + 4));
      }
      frame.size = next.value_or(file.size()) - at;
      KONSEKI_TRY(add_broken(file, index, frame, !next));
      index.end = at = at + frame.size;
      continue;
    }
    frame.size = end.offset - at;
    if (header->content_size) {
      frame.content_size = *header->content_size;
      // An impossible claim would put every later frame out of reach.
      if (frame.content_size / kMostRatio > frame.size) {
        note(at, "a zstd frame claims an impossible size");
        KONSEKI_TRY(add_broken(file, index, frame, end.offset >= file.size()));
        index.end = at = end.offset;
        continue;
      }
      index.frames.push_back(frame);
      index.content_size += frame.content_size;
    } else {
      KONSEKI_TRY(add_broken(file, index, frame, true));
      index.frames.back().whole = true;
    }
    index.end = at = end.offset;
  }
  if (index.frames.empty()) return fail(ErrorCode::kCorrupt, "no zstd frame found");
  if (index.digests.size() != index.frames.size()) index.digests.clear();
  return index;
}

std::string frame_tables(std::span<const Frame> frames, std::span<const std::uint64_t> digests,
                         std::span<const std::uint32_t> checksums) {
  std::string out;
  put_u32(out, kFrameDigestMagic);
  put_u32(out, static_cast<std::uint32_t>(kFrameDigestTag.size() + 8 * digests.size()));
  out += kFrameDigestTag;
  for (std::uint64_t digest : digests) {
    put_u32(out, static_cast<std::uint32_t>(digest));
    put_u32(out, static_cast<std::uint32_t>(digest >> 32));
  }
  put_u32(out, kSeekTableMagic);
  put_u32(out, static_cast<std::uint32_t>(kSeekEntry * frames.size() + kSeekFooter));
  for (std::size_t i = 0; i < frames.size(); ++i) {
    put_u32(out, static_cast<std::uint32_t>(frames[i].size));
    put_u32(out, static_cast<std::uint32_t>(frames[i].content_size));
    put_u32(out, checksums[i]);
  }
  put_u32(out, static_cast<std::uint32_t>(frames.size()));
  out += static_cast<char>(kSeekChecksumFlag);
  put_u32(out, kSeekFooterMagic);
  return out;
}

}  // namespace konseki
