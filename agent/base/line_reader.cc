#include "agent/base/line_reader.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "agent/base/decompressor.h"

namespace konseki {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;
constexpr std::uint64_t kBombRatio = 1000;
constexpr std::uint64_t kBombFrom = std::uint64_t{64} << 20;  // less is no harm, whatever the ratio

}  // namespace

LineReader::LineReader(ByteReader& content, std::size_t longest)
    : content_(content),
      longest_(std::max<std::size_t>(longest, 1)),
      decompressor_(open_decompressor(content)) {}

LineReader::~LineReader() = default;

// Text into `out`; 0 at the end.
Result<std::size_t> LineReader::fill(std::span<std::byte> out) {
  if (!decompressor_) {
    KONSEKI_ASSIGN(const std::size_t count, content_.read_at(read_, out));
    read_ += count;
    return count;
  }
  KONSEKI_ASSIGN(const std::size_t made, decompressor_->read(out));
  produced_ += made;
  if (produced_ > kMostText ||
      (produced_ > kBombFrom && produced_ / kBombRatio > decompressor_->taken())) {
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
