#include "agent/source/directory/sparse_map.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "agent/base/memory_reader.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxIndex = 64u << 20;
constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 60;  // sums of two never overflow

std::uint64_t number(const nlohmann::json& object, const char* snake, const char* camel) {
  auto found = object.find(snake);
  if (found == object.end()) found = object.find(camel);
  if (found == object.end()) return 0;
  if (found->is_number_unsigned()) return found->get<std::uint64_t>();
  if (!found->is_string()) return kMaxSize;
  const auto& text = found->get_ref<const std::string&>();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : kMaxSize;
}

class SparseReader : public ByteReader {
 public:
  SparseReader(std::unique_ptr<ByteReader> stored, std::vector<SparseRun> runs)
      : stored_(std::move(stored)), runs_(std::move(runs)), size_(original_size(runs_)) {}

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size_) return std::size_t{0};
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset)));
    std::fill(out.begin(), out.end(), std::byte{0});
    for (auto run = first_after(offset); run != runs_.end(); ++run) {
      const std::uint64_t begin = std::max(offset, run->original_offset);
      const std::uint64_t end =
          std::min(offset + out.size(), run->original_offset + stored_length(*run));
      if (run->original_offset >= offset + out.size()) break;
      if (begin >= end) continue;
      const auto part = out.subspan(static_cast<std::size_t>(begin - offset),
                                    static_cast<std::size_t>(end - begin));
      KONSEKI_ASSIGN(const std::size_t count,
                     stored_->read_at(run->file_offset + (begin - run->original_offset), part));
      // The stored file ends before its index says: what follows is not known to be zero.
      if (count < part.size()) return static_cast<std::size_t>(begin - offset) + count;
    }
    return out.size();
  }

  ByteRange next_data(std::uint64_t offset) override {
    for (auto run = first_after(offset); run != runs_.end(); ++run) {
      const std::uint64_t begin = std::max(offset, run->original_offset);
      const std::uint64_t end = run->original_offset + stored_length(*run);
      if (begin < end) return {begin, end - begin};
    }
    return {size_, 0};
  }

 private:
  static std::uint64_t stored_length(const SparseRun& run) {
    return std::min(run.length, run.file_length);
  }
  std::vector<SparseRun>::const_iterator first_after(std::uint64_t offset) const {
    return std::upper_bound(runs_.begin(), runs_.end(), offset,
                            [](std::uint64_t value, const SparseRun& run) {
                              return value < run.original_offset + run.length;
                            });
  }

  std::unique_ptr<ByteReader> stored_;
  std::vector<SparseRun> runs_;
  std::uint64_t size_;
};

}  // namespace

Result<std::vector<SparseRun>> read_sparse_map(ByteReader& index) {
  KONSEKI_ASSIGN(const auto bytes, read_all(index, kMaxIndex));
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  const auto json = nlohmann::json::parse(text, text + bytes.size(), nullptr, false);
  if (!json.is_object() || !json.contains("ranges") || !json["ranges"].is_array()) {
    return fail(ErrorCode::kCorrupt, "not an index of ranges");
  }
  std::vector<SparseRun> runs;
  std::uint64_t end = 0;
  for (const auto& range : json["ranges"]) {
    if (!range.is_object()) return fail(ErrorCode::kCorrupt, "a range is not an object");
    SparseRun run;
    run.original_offset = number(range, "original_offset", "originalOffset");
    run.length = number(range, "length", "length");
    run.file_offset = number(range, "file_offset", "fileOffset");
    run.file_length = number(range, "file_length", "fileLength");
    if (run.original_offset < end ||
        std::max({run.original_offset, run.length, run.file_offset, run.file_length}) >= kMaxSize) {
      return fail(ErrorCode::kCorrupt, "ranges that overlap or cannot be");
    }
    end = run.original_offset + run.length;
    runs.push_back(run);
  }
  return runs;
}

std::uint64_t original_size(const std::vector<SparseRun>& runs) {
  return runs.empty() ? 0 : runs.back().original_offset + runs.back().length;
}

std::unique_ptr<ByteReader> make_sparse_reader(std::unique_ptr<ByteReader> stored,
                                               std::vector<SparseRun> runs) {
  return std::make_unique<SparseReader>(std::move(stored), std::move(runs));
}

}  // namespace konseki
