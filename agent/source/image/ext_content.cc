#include "agent/source/image/ext_content.h"

#include <algorithm>
#include <cstring>

#include "agent/base/memory_reader.h"
#include "konseki/medium_reader.h"

namespace konseki {
namespace {

constexpr std::uint32_t kEncryptedFlag = 0x800;

class ExtContent : public MediumReader {
 public:
  ExtContent(ExtVolume& volume, std::vector<ExtRun> runs, std::uint64_t size, std::string label)
      : volume_(volume), runs_(std::move(runs)), size_(size), label_(std::move(label)) {}

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size_) return std::size_t{0};
    out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset)));
    const std::uint64_t block = volume_.block_size();
    std::size_t filled = 0;
    while (filled < out.size()) {
      const std::uint64_t at = offset + filled;
      const auto run = run_at(at / block);
      const std::uint64_t start = run == runs_.end() ? size_ : run->logical * block;
      if (at < start) {
        const auto hole =
            static_cast<std::size_t>(std::min<std::uint64_t>(out.size() - filled, start - at));
        std::memset(out.data() + filled, 0, hole);
        filled += hole;
        continue;
      }
      const auto piece =
          out.subspan(filled, static_cast<std::size_t>(std::min<std::uint64_t>(
                                  out.size() - filled, start + run->length * block - at)));
      auto count = volume_.bytes().read_at(run->physical * block + (at - start), piece);
      if (!count) return fail(count.error().code, label_ + ": " + count.error().detail);
      filled += *count;
      if (*count < piece.size()) break;
    }
    return filled;
  }

  ByteRange next_data(std::uint64_t offset) override {
    const std::uint64_t block = volume_.block_size();
    auto run = offset < size_ ? run_at(offset / block) : runs_.end();
    if (run == runs_.end() || run->logical * block >= size_) return {size_, 0};
    const std::uint64_t start = std::max(offset, run->logical * block);
    std::uint64_t end = (run->logical + run->length) * block;
    for (auto next = run + 1; next != runs_.end() && next->logical * block == end; ++next) {
      end += next->length * block;
    }
    return {start, std::min(end, size_) - start};
  }

  std::vector<ByteRange> lost(const ByteRange& within) const override {
    const std::uint64_t block = volume_.block_size();
    std::vector<ByteRange> found;
    for (const ExtRun& run : runs_) {
      for (const ByteRange& range :
           lost_of(volume_.bytes(), {run.physical * block, run.length * block})) {
        const std::uint64_t at = run.logical * block + (range.offset - run.physical * block);
        const std::uint64_t from = std::max(at, within.offset);
        const std::uint64_t to = std::min({at + range.length, within.end(), size_});
        if (from < to) found.push_back({from, to - from});
      }
    }
    return found;
  }

 private:
  // The run that covers the block, else the first one after it.
  std::vector<ExtRun>::const_iterator run_at(std::uint64_t logical) const {
    return std::upper_bound(
        runs_.begin(), runs_.end(), logical,
        [](std::uint64_t wanted, const ExtRun& run) { return wanted < run.logical + run.length; });
  }

  ExtVolume& volume_;
  std::vector<ExtRun> runs_;
  std::uint64_t size_;
  std::string label_;
};

}  // namespace

Result<std::unique_ptr<ByteReader>> open_ext_content(ExtVolume& volume, const ExtInode& inode,
                                                     std::string label, std::vector<ExtRun>& runs) {
  if (inode.type() != FileType::kRegular) {
    return fail(ErrorCode::kUnsupported, label + ": not a regular file");
  }
  if ((inode.flags & kEncryptedFlag) != 0) {
    return fail(ErrorCode::kUnsupported, label + ": encrypted by the file system (fscrypt)");
  }
  runs.clear();
  if (ExtVolume::is_inline(inode)) {
    return std::make_unique<MemoryReader>(volume.inline_content(inode));
  }
  auto found = volume.runs_of(inode, inode.size / volume.block_size() + 1);
  if (!found) return fail(found.error().code, label + ": " + found.error().detail);
  runs = *found;
  return std::make_unique<ExtContent>(volume, *std::move(found), inode.size, std::move(label));
}

}  // namespace konseki
