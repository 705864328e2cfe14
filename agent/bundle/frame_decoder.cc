#include "agent/bundle/frame_decoder.h"

#include <algorithm>
#include <new>

namespace konseki {
namespace {

// Windows up to 128 MiB (zstd --ultra -22 and --long=27), zstd's own default bound.
constexpr int kMostWindowLog = 27;

// zstd does not tell what it has put out in a call that ends in an error. Small pieces in and
// one call a piece, so that only the damaged block is lost, at little cost.
constexpr std::size_t kPiece = 4096;
constexpr std::size_t kInput = 64 * 1024;

}  // namespace

FrameDecoder::FrameDecoder(ByteReader& file, std::uint64_t offset, std::uint64_t size)
    : file_(file), decompressor_(ZSTD_createDCtx()), next_(offset), end_(offset + size) {
  if (!decompressor_) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(decompressor_.get(), ZSTD_d_windowLogMax, kMostWindowLog);
}

// False at the end of the compressed bytes.
Result<bool> FrameDecoder::refill() {
  input_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kInput, end_ - next_)));
  input_used_ = 0;
  if (input_.empty()) return false;
  KONSEKI_ASSIGN(const std::size_t got, file_.read_at(next_, input_));
  input_.resize(got);
  next_ += got;
  return got > 0;
}

Result<std::size_t> FrameDecoder::read(std::span<std::byte> out) {
  std::size_t filled = 0;
  while (filled < out.size() && !complete_ && damage_.empty()) {
    bool more = true;
    if (input_used_ == input_.size()) {
      KONSEKI_ASSIGN(more, refill());
    }
    // The checksum is the last piece of its own: content before it is not lost with it.
    std::size_t piece = std::min(kPiece, input_.size() - input_used_);
    const std::uint64_t behind = (end_ - next_) + (input_.size() - input_used_);
    if (behind > 4 && behind - piece < 4) piece = static_cast<std::size_t>(behind - 4);
    piece = std::min(piece, input_.size() - input_used_);
    ZSTD_inBuffer in{input_.data() + input_used_, piece, 0};
    ZSTD_outBuffer target{out.data() + filled, out.size() - filled, 0};
    const std::size_t left = ZSTD_decompressStream(decompressor_.get(), &target, &in);
    if (ZSTD_isError(left) != 0u) {
      damage_ = ZSTD_getErrorName(left);
      break;
    }
    input_used_ += in.pos;
    filled += target.pos;
    if (left == 0) {
      complete_ = true;
    } else if (!more && target.pos == 0) {
      damage_ = "the frame is cut off";
    }
  }
  position_ += filled;
  return filled;
}

}  // namespace konseki
