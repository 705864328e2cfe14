#include "agent/source/live/fallback_file_system.h"

#include "konseki/medium_reader.h"

namespace konseki {
namespace {

class SystemReader : public MediumReader {
 public:
  SystemReader(std::unique_ptr<ByteReader> base, std::string method)
      : base_(std::move(base)), method_(std::move(method)) {}

  std::uint64_t size() const override { return base_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    return base_->read_at(offset, out);
  }
  ByteRange next_data(std::uint64_t offset) override { return base_->next_data(offset); }
  std::vector<ByteRange> lost(const ByteRange& within) const override {
    return lost_of(*base_, within);
  }
  std::string_view access_method() const override { return method_; }

 private:
  std::unique_ptr<ByteReader> base_;
  std::string method_;
};

// Only the system can help; where the medium itself fails it would fail as well.
bool system_may_help(const Entry& entry, const Error& error) {
  if (entry.cloud_placeholder || error.detail.starts_with("cloud_placeholder")) return false;
  if (entry.allocation != Allocation::kAllocated || entry.type != FileType::kRegular) return false;
  return error.code == ErrorCode::kUnsupported || error.code == ErrorCode::kCorrupt;
}

}  // namespace

Result<std::unique_ptr<ByteReader>> FallbackFileSystem::open(const Entry& entry,
                                                             std::string_view stream) {
  auto raw = raw_->open(entry, stream);
  if (raw || !system_may_help(entry, raw.error())) return raw;
  if (!asked_) {
    asked_ = true;
    if (auto opened = open_system_()) system_ = *std::move(opened);
  }
  if (!system_) return raw;
  // The system has its own numbers and sizes of the file.
  const auto there = system_->stat(entry.path);
  if (!there || there->type != FileType::kRegular || there->cloud_placeholder) return raw;
  auto content = system_->open(*there, stream);
  if (!content) {
    Error error = raw.error();
    error.detail += "; through the system: " + content.error().detail;
    return fail(std::move(error));
  }
  ++opened_by_system_;
  return std::make_unique<SystemReader>(*std::move(content), system_->info().access_method);
}

}  // namespace konseki
