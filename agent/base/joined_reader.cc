#include "agent/base/joined_reader.h"

#include <algorithm>

#include "konseki/medium_reader.h"

namespace konseki {
namespace {

class JoinedReader : public MediumReader {
 public:
  explicit JoinedReader(std::vector<std::unique_ptr<ByteReader>> parts) : parts_(std::move(parts)) {
    for (const auto& part : parts_) {
      starts_.push_back(size_);
      size_ += part->size();
    }
  }

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    std::size_t filled = 0;
    while (filled < out.size() && offset + filled < size_) {
      const std::uint64_t at = offset + filled;
      const auto after = std::upper_bound(starts_.begin(), starts_.end(), at);
      const auto index = static_cast<std::size_t>(after - starts_.begin()) - 1;
      ByteReader& part = *parts_[index];
      const std::uint64_t left = part.size() - (at - starts_[index]);
      const auto want =
          static_cast<std::size_t>(std::min<std::uint64_t>(out.size() - filled, left));
      KONSEKI_ASSIGN(const std::size_t count,
                     part.read_at(at - starts_[index], out.subspan(filled, want)));
      if (count == 0) break;
      filled += count;
    }
    return filled;
  }

  std::vector<ByteRange> lost(const ByteRange& within) const override {
    std::vector<ByteRange> all;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const std::uint64_t start = std::max(within.offset, starts_[i]);
      const std::uint64_t end = std::min(within.end(), starts_[i] + parts_[i]->size());
      if (start >= end) continue;
      for (const ByteRange& range : lost_of(*parts_[i], {start - starts_[i], end - start})) {
        all.push_back({range.offset + starts_[i], range.length});
      }
    }
    return all;
  }

  bool gone() const override {
    return std::any_of(parts_.begin(), parts_.end(),
                       [](const auto& part) { return is_gone(*part); });
  }

 private:
  std::vector<std::unique_ptr<ByteReader>> parts_;
  std::vector<std::uint64_t> starts_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<ByteReader> join_parts(std::vector<std::unique_ptr<ByteReader>> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return std::make_unique<JoinedReader>(std::move(parts));
}

}  // namespace konseki
