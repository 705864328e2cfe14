#include "agent/bundle/content_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "agent/base/cursor.h"
#include "agent/bundle/frame_format.h"
#include "agent/bundle/xxh64.h"

namespace konseki {
namespace {

constexpr std::size_t kKeptBytes = 32 * 1024 * 1024;
constexpr std::uint64_t kPart = 1024 * 1024;  // of a long frame
constexpr std::size_t kStreams = 4;
constexpr std::uint64_t kLargeWindow = 16 * 1024 * 1024;  // then one stream only

bool is_long(const Frame& frame) { return frame.content_size > kMostFrameContent; }

// A frame longer than its content could make it is not worth reading into memory.
constexpr std::uint64_t kMostCompressed = kMostFrameContent + 1024 * 1024;

}  // namespace

Result<std::shared_ptr<ContentReader>> ContentReader::open(std::unique_ptr<ByteReader> file,
                                                           OnDamage on_damage) {
  std::shared_ptr<ContentReader> reader(new ContentReader(std::move(file), on_damage));
  std::array<std::byte, 512> start{};
  KONSEKI_ASSIGN(const std::size_t got, reader->file_->read_at(0, start));
  const std::string_view text = as_text(std::span(start).first(got));
  if (got == start.size() && text.substr(257, 5) == "ustar") return reader;
  if (on_damage == OnDamage::kFail && Cursor(std::span(start).first(got)).u32() != kZstdMagic) {
    return fail(ErrorCode::kUnsupported, "neither zstd nor tar");
  }
  KONSEKI_ASSIGN(reader->index_, index_frames(*reader->file_));
  reader->decompressor_.reset(ZSTD_createDCtx());
  if (!reader->decompressor_) throw std::bad_alloc();
  return reader;
}

std::uint64_t ContentReader::size() const { return index_ ? index_->content_size : file_->size(); }

Result<std::size_t> ContentReader::read_at(std::uint64_t offset, std::span<std::byte> out) {
  const std::scoped_lock lock(mutex_);
  if (!index_) return file_->read_at(offset, out);
  std::size_t filled = 0;
  while (filled < out.size() && offset + filled < index_->content_size) {
    const std::uint64_t at = offset + filled;
    auto found = piece_at(at);
    if (!found) {
      if (filled > 0) break;  // the sound bytes first; the next call meets the damage again
      return fail(std::move(found).error());
    }
    const Piece& piece = **found;
    const std::uint64_t start = index_->frames[piece.frame].content_offset + piece.start;
    const auto skip = static_cast<std::size_t>(at - start);
    const std::size_t count = std::min(out.size() - filled, piece.bytes.size() - skip);
    std::memcpy(out.data() + filled, piece.bytes.data() + skip, count);
    filled += count;
  }
  return filled;
}

void ContentReader::collect_digests() { seen_.resize(index_ ? index_->frames.size() : 0); }

Result<const ContentReader::Piece*> ContentReader::piece_at(std::uint64_t offset) {
  const std::size_t number = index_->find(offset);
  const Frame& frame = index_->frames[number];
  const std::uint64_t inside = offset - frame.content_offset;
  const std::uint64_t start = is_long(frame) ? inside / kPart * kPart : 0;
  std::size_t kept = 0;
  for (const auto& piece : pieces_) {
    if (piece->frame == number && piece->start == start) {
      piece->used = ++clock_;
      if (!piece->damage.empty() && on_damage_ == OnDamage::kFail) {
        return fail(ErrorCode::kCorrupt, piece->damage);
      }
      return piece.get();
    }
    kept += piece->bytes.size();
  }
  // Room for the new one, at the cost of those least recently used.
  while (!pieces_.empty() && kept + kMostFrameContent > kKeptBytes) {
    const auto oldest = std::min_element(
        pieces_.begin(), pieces_.end(),
        [](const auto& left, const auto& right) { return left->used < right->used; });
    kept -= (*oldest)->bytes.size();
    pieces_.erase(oldest);
  }
  auto piece = std::make_unique<Piece>();
  piece->frame = number;
  piece->start = start;
  piece->used = ++clock_;
  KONSEKI_TRY(is_long(frame) ? load_part(*piece) : load_frame(*piece));
  pieces_.push_back(std::move(piece));
  const Piece& loaded = *pieces_.back();
  if (!loaded.damage.empty() && on_damage_ == OnDamage::kFail) {
    return fail(ErrorCode::kCorrupt, loaded.damage);
  }
  return &loaded;
}

Result<void> ContentReader::load_frame(Piece& piece) {
  const Frame& frame = index_->frames[piece.frame];
  piece.bytes.resize(static_cast<std::size_t>(frame.content_size));
  if (frame.size > kMostCompressed) return salvage(piece, "longer than its content allows");
  compressed_.resize(static_cast<std::size_t>(frame.size));
  KONSEKI_ASSIGN(const std::size_t got, file_->read_at(frame.offset, compressed_));
  if (got != compressed_.size()) return salvage(piece, "the file ends before the frame");
  if (!seen_.empty()) {
    Seen& seen = seen_[piece.frame];
    seen.loaded = true;
    seen.digest = xxh64(std::span<const std::byte>(compressed_));
    seen.checksum = Cursor(std::span(compressed_).last(4)).u32();
  }
  if (!frame.whole) return salvage(piece, "the frame is cut off or damaged");
  const auto header = parse_frame_header(compressed_);
  if (!header) return salvage(piece, "not a zstd frame");
  if (header->content_size && *header->content_size != frame.content_size) {
    return salvage(piece, "content size differs from the seek table");
  }
  const std::size_t size =
      ZSTD_decompressDCtx(decompressor_.get(), piece.bytes.data(), piece.bytes.size(),
                          compressed_.data(), compressed_.size());
  if (ZSTD_isError(size) != 0u) return salvage(piece, ZSTD_getErrorName(size));
  if (size != piece.bytes.size()) return salvage(piece, "content is shorter than announced");
  return {};
}

// Decodes what the frame gives and notes the damage.
Result<void> ContentReader::salvage(Piece& piece, std::string why) {
  const Frame& frame = index_->frames[piece.frame];
  std::fill(piece.bytes.begin(), piece.bytes.end(), std::byte{0});
  if (on_damage_ == OnDamage::kSalvage || !frame.whole) {
    FrameDecoder decoder(*file_, frame.offset, frame.size);
    KONSEKI_ASSIGN(const std::size_t got, decoder.read(piece.bytes));
    // A cut frame's content was measured the same way: nothing of it is missing here.
    if (!frame.whole && got == piece.bytes.size()) return {};
  }
  piece.damage = "frame " + std::to_string(piece.frame) + " at offset " +
                 std::to_string(frame.offset) + ": " + why;
  const bool known = std::any_of(damage_.begin(), damage_.end(), [&](const FrameDamage& damage) {
    return damage.frame == piece.frame;
  });
  if (!known) damage_.push_back({piece.frame, std::move(why)});
  return {};
}

Result<void> ContentReader::load_part(Piece& piece) {
  const Frame& frame = index_->frames[piece.frame];
  piece.bytes.resize(static_cast<std::size_t>(std::min(kPart, frame.content_size - piece.start)));
  Stream& stream = stream_before(piece.frame, piece.start);
  stream.used = ++clock_;
  FrameDecoder& decoder = *stream.decoder;
  while (decoder.position() < piece.start) {
    const auto skip = static_cast<std::size_t>(
        std::min<std::uint64_t>(piece.bytes.size(), piece.start - decoder.position()));
    KONSEKI_ASSIGN(const std::size_t got, decoder.read(std::span(piece.bytes).first(skip)));
    if (got == 0) break;
  }
  std::size_t got = 0;
  if (decoder.position() == piece.start) {
    KONSEKI_ASSIGN(got, decoder.read(piece.bytes));
  }
  if (got == piece.bytes.size()) {
    if (piece.start + got < frame.content_size || !frame.whole) return {};
    // The last part: the frame's checksum speaks when asked for more.
    std::byte beyond{};
    KONSEKI_TRY(decoder.read(std::span(&beyond, 1)));
    if (decoder.complete() && decoder.position() == frame.content_size) return {};
  }
  std::fill(piece.bytes.begin() + static_cast<std::ptrdiff_t>(got), piece.bytes.end(),
            std::byte{0});
  piece.damage =
      "frame " + std::to_string(piece.frame) + " at offset " + std::to_string(frame.offset) + ": " +
      (decoder.damage().empty() ? "content is shorter than announced" : decoder.damage());
  damage_.push_back({piece.frame, piece.damage});
  return {};
}

// The stream nearest before `start`, or a new one at the frame's beginning. There are several, as
// readers go back and forth between rows and files.
ContentReader::Stream& ContentReader::stream_before(std::size_t frame, std::uint64_t start) {
  Stream* best = nullptr;
  for (Stream& stream : streams_) {
    if (stream.frame == frame && stream.decoder->position() <= start &&
        (best == nullptr || stream.decoder->position() > best->decoder->position())) {
      best = &stream;
    }
  }
  if (best != nullptr) return *best;
  std::size_t most = kStreams;
  std::array<std::byte, 18> start_bytes{};
  const auto got = file_->read_at(index_->frames[frame].offset, start_bytes);
  const auto header = parse_frame_header(std::span(start_bytes).first(got.value_or(0)));
  if (header && header->window_size > kLargeWindow) most = 1;
  while (streams_.size() >= most) {
    streams_.erase(std::min_element(
        streams_.begin(), streams_.end(),
        [](const Stream& left, const Stream& right) { return left.used < right.used; }));
  }
  const Frame& found = index_->frames[frame];
  streams_.push_back(
      {frame, std::make_unique<FrameDecoder>(*file_, found.offset, found.size), ++clock_});
  return streams_.back();
}

}  // namespace konseki
