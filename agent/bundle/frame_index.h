// FrameIndex: where the frames of a compressed bundle lie, by its seek table or by looking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "konseki/byte_reader.h"

namespace konseki {

// The header of a zstd frame (RFC 8878 3.1.1.1).
struct FrameHeader {
  std::size_t size = 0;  // of the header, magic included
  std::optional<std::uint64_t> content_size;
  std::uint64_t window_size = 0;
  bool has_checksum = false;
};

// From the first bytes of a frame (18 are enough). Nothing when it is not a zstd frame.
std::optional<FrameHeader> parse_frame_header(std::span<const std::byte> bytes);

// One zstd frame. Offsets and sizes in bytes; `content_*` speak of the uncompressed tar.
struct Frame {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t content_offset = 0;
  std::uint64_t content_size = 0;
  bool whole = true;  // false: the file ends, or stops making sense, before the frame does

  bool operator==(const Frame&) const = default;
};

// Frames that are held in memory in one piece; longer ones are read as streams.
inline constexpr std::uint64_t kMostFrameContent = 8 * 1024 * 1024;

struct FrameIndex {
  std::vector<Frame> frames;           // in order of both offsets
  std::uint64_t content_size = 0;      // end of the last frame's content
  std::uint64_t end = 0;               // file offset behind the last frame that was understood
  std::vector<std::uint64_t> digests;  // XXH64 of each frame, when the file has them for all
  bool from_seek_table = false;
  std::string damage;  // what ended or interrupted the scan; empty when nothing

  // The frame that holds `content_offset`, or frames.size().
  std::size_t find(std::uint64_t content_offset) const;
};

// By the seek table where there is a consistent one, else by scan_frames(). An Error only when
// `file` cannot be read or holds no zstd frame at all.
Result<FrameIndex> index_frames(ByteReader& file);

// Walks from frame to frame. Frames of unknown content size are decompressed once to measure
// them. Goes on behind damage where another frame can be found.
Result<FrameIndex> scan_frames(ByteReader& file);

// The bytes that must follow the last frame: the digest table and the seek table.
std::string frame_tables(std::span<const Frame> frames, std::span<const std::uint64_t> digests,
                         std::span<const std::uint32_t> checksums);

}  // namespace konseki
