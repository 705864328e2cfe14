// ByteReaders over one member, and lines of one.
#include <algorithm>
#include <cstring>

#include "agent/base/cursor.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/tar_header.h"

namespace konseki {
namespace {

constexpr std::size_t kLineBuffer = 256 * 1024;
constexpr std::size_t kLongestLine = 16 * 1024 * 1024;

class SliceReader : public ByteReader {
 public:
  SliceReader(std::shared_ptr<ByteReader> content, std::uint64_t offset, std::uint64_t size)
      : content_(std::move(content)), offset_(offset), size_(size) {}

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size_) return std::size_t{0};
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
    std::size_t filled = 0;
    while (filled < count) {
      KONSEKI_ASSIGN(const std::size_t got, content_->read_at(offset_ + offset + filled,
                                                              out.subspan(filled, count - filled)));
      if (got == 0) return fail(ErrorCode::kCorrupt, "the bundle ends inside this member");
      filled += got;
    }
    return filled;
  }

 private:
  std::shared_ptr<ByteReader> content_;
  std::uint64_t offset_;
  std::uint64_t size_;
};

// Stored ranges of a sparse member lie one after the other in the tar.
class SparseReader : public ByteReader {
 public:
  SparseReader(std::shared_ptr<ByteReader> content, const Member& member)
      : packed_(std::move(content), member.content_offset, stored_size(member.header)),
        size_(member.header.size),
        ranges_(member.header.data) {
    std::uint64_t packed = 0;
    for (const ByteRange& range : ranges_) {
      starts_.push_back(packed);
      packed += range.length;
    }
  }

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size_) return std::size_t{0};
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset)));
    std::memset(out.data(), 0, out.size());
    const std::uint64_t end = offset + out.size();
    for (std::size_t i = first_range(offset); i < ranges_.size() && ranges_[i].offset < end; ++i) {
      const std::uint64_t from = std::max(offset, ranges_[i].offset);
      const std::uint64_t to = std::min(end, ranges_[i].end());
      if (from >= to) continue;
      KONSEKI_TRY(packed_.read_at(starts_[i] + (from - ranges_[i].offset),
                                  out.subspan(static_cast<std::size_t>(from - offset),
                                              static_cast<std::size_t>(to - from))));
    }
    return out.size();
  }

  ByteRange next_data(std::uint64_t offset) override {
    for (std::size_t i = first_range(offset); i < ranges_.size(); ++i) {
      if (ranges_[i].length == 0) continue;
      const std::uint64_t start = std::max(offset, ranges_[i].offset);
      return {start, ranges_[i].end() - start};
    }
    return {size_, 0};
  }

 private:
  // The first range that ends behind `offset`.
  std::size_t first_range(std::uint64_t offset) const {
    const auto found =
        std::partition_point(ranges_.begin(), ranges_.end(),
                             [&](const ByteRange& range) { return range.end() <= offset; });
    return static_cast<std::size_t>(found - ranges_.begin());
  }

  SliceReader packed_;
  std::uint64_t size_;
  std::vector<ByteRange> ranges_;
  std::vector<std::uint64_t> starts_;
};

}  // namespace

std::unique_ptr<ByteReader> member_content(std::shared_ptr<ByteReader> content,
                                           const Member& member) {
  if (!member.header.data.empty()) {
    return std::make_unique<SparseReader>(std::move(content), member);
  }
  return std::make_unique<SliceReader>(std::move(content), member.content_offset,
                                       stored_size(member.header));
}

Result<void> for_each_line_of(ByteReader& content,
                              const std::function<void(std::string_view)>& line) {
  std::string held;  // a line that began in an earlier buffer
  std::vector<std::byte> buffer(kLineBuffer);
  for (std::uint64_t offset = 0; offset < content.size();) {
    KONSEKI_ASSIGN(const std::size_t got, content.read_at(offset, buffer));
    if (got == 0) break;
    offset += got;
    std::string_view text = as_text(std::span(buffer).first(got));
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      if (held.empty()) {
        line(text.substr(0, end));
      } else {
        held += text.substr(0, end);
        line(held);
        held.clear();
      }
      text.remove_prefix(end + 1);
    }
    held += text;
    if (held.size() > kLongestLine) return fail(ErrorCode::kLimitExceeded, "a line beyond 16 MiB");
  }
  if (!held.empty()) line(held);
  return {};
}

}  // namespace konseki
