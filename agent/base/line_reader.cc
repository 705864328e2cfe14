#include "agent/base/line_reader.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace konseki {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;
constexpr std::uint64_t kBombRatio = 1000;
constexpr std::uint64_t kBombFrom = std::uint64_t{64} << 20;  // less is no harm, whatever the ratio

}  // namespace

struct LineReader::Inflate {
  z_stream stream{};
  std::vector<std::byte> input;
  std::uint64_t produced = 0;
  bool between_members = false;

  Inflate() : input(kChunk) { usable = inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK; }
  ~Inflate() { inflateEnd(&stream); }
  bool usable = false;
};

LineReader::LineReader(ByteReader& content, std::size_t longest)
    : content_(content), longest_(std::max<std::size_t>(longest, 1)) {
  std::byte magic[2];
  auto count = content.read_at(0, magic);
  if (count && *count == 2 && magic[0] == std::byte{0x1f} && magic[1] == std::byte{0x8b}) {
    inflate_ = std::make_unique<Inflate>();
  }
}

LineReader::~LineReader() = default;

// Text into `out`; 0 at the end.
Result<std::size_t> LineReader::fill(std::span<std::byte> out) {
  if (!inflate_) {
    KONSEKI_ASSIGN(const std::size_t count, content_.read_at(read_, out));
    read_ += count;
    return count;
  }
  if (!inflate_->usable) return fail(ErrorCode::kInternal, "zlib could not be set up");
  z_stream& stream = inflate_->stream;
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  while (stream.avail_out == out.size()) {
    if (stream.avail_in == 0) {
      KONSEKI_ASSIGN(const std::size_t count, content_.read_at(read_, inflate_->input));
      if (count == 0) {
        if (inflate_->between_members) return std::size_t{0};
        return fail(ErrorCode::kCorrupt, "gzip data ends early");
      }
      read_ += count;
      stream.next_in = reinterpret_cast<Bytef*>(inflate_->input.data());
      stream.avail_in = static_cast<uInt>(count);
    }
    if (inflate_->between_members) {
      // Padding with zeros is common; anything else that is no member is ignored as gzip(1) does.
      if (*stream.next_in != 0x1f) return std::size_t{0};
      inflateReset(&stream);
      inflate_->between_members = false;
    }
    const int status = inflate(&stream, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      inflate_->between_members = true;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return fail(ErrorCode::kCorrupt,
                  "gzip data is damaged near byte " + std::to_string(read_ - stream.avail_in));
    }
  }
  const std::size_t made = out.size() - stream.avail_out;
  inflate_->produced += made;
  if (inflate_->produced > kMostText ||
      (inflate_->produced > kBombFrom && inflate_->produced / kBombRatio > read_)) {
    return fail(ErrorCode::kLimitExceeded, "decompresses to too much text");
  }
  return made;
}

// Brings more text behind what is not given yet.
Result<void> LineReader::refill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    base_ += begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + kChunk) buffer_.resize(end_ + kChunk);
  auto count = fill(std::span(buffer_).subspan(end_, kChunk));
  if (!count) {
    at_end_ = true;
    return fail(count.error());
  }
  end_ += *count;
  at_end_ = *count == 0;
  return {};
}

// Keeps the beginning and passes over the rest.
Result<bool> LineReader::cut_line(TextLine& line) {
  cut_.assign(reinterpret_cast<const char*>(buffer_.data()) + begin_, longest_);
  line.text = cut_;
  line.cut = true;
  line.offset = base_ + begin_;
  line.length = 0;
  while (true) {
    const auto* start = reinterpret_cast<const char*>(buffer_.data()) + begin_;
    const std::size_t here = end_ - begin_;
    if (const void* found = here ? std::memchr(start, '\n', here) : nullptr) {
      const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - start) + 1;
      line.length += length;
      begin_ += length;
      return true;
    }
    line.length += here;
    begin_ = end_;
    if (at_end_) return true;
    KONSEKI_TRY(refill());
  }
}

Result<bool> LineReader::next(TextLine& line) {
  line.cut = false;
  std::size_t searched = 0;
  while (true) {
    const auto* start = reinterpret_cast<const char*>(buffer_.data()) + begin_;
    const std::size_t here = end_ - begin_;
    const void* found =
        here > searched ? std::memchr(start + searched, '\n', here - searched) : nullptr;
    if (found || (at_end_ && here > 0)) {
      std::size_t length =
          found ? static_cast<std::size_t>(static_cast<const char*>(found) - start) : here;
      line.text = std::string_view(start, std::min(length, longest_));
      line.cut = length > longest_;
      line.offset = base_ + begin_;
      line.length = length + (found ? 1 : 0);
      if (!line.cut && line.text.ends_with('\r')) line.text.remove_suffix(1);
      begin_ += length + (found ? 1 : 0);
      return true;
    }
    if (at_end_) return false;
    searched = here;
    if (here > longest_) return cut_line(line);
    KONSEKI_TRY(refill());
  }
}

}  // namespace konseki
