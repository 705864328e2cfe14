#include "collectors/linux/utmp/utmp_file.h"

#include <algorithm>
#include <vector>

#include "agent/base/memory_reader.h"
#include "collectors/linux/procfs/ip_address.h"
#include "collectors/linux/shared/evidence_file.h"
#include "collectors/linux/utmp/schema.h"
#include "collectors/linux/utmp/utmp_record.h"

namespace konseki {
namespace {

constexpr std::size_t kSample = 256 * 1024;  // enough records to tell the layout
constexpr std::size_t kRecordsAtOnce = 1'024;
constexpr std::uint16_t kNewTime = 3;
constexpr std::int64_t kRace = 60;  // seconds

std::string address_text(const std::array<std::uint8_t, 16>& bytes) {
  procfs::IpAddress address;
  address.bytes = bytes;
  address.is_v6 = std::any_of(bytes.begin() + 4, bytes.end(), [](auto byte) { return byte != 0; });
  return address.is_any() ? std::string() : address.text();
}

Result<std::vector<std::byte>> read_up_to(ByteReader& content, std::uint64_t offset,
                                          std::size_t length) {
  std::vector<std::byte> bytes(length);
  std::size_t filled = 0;
  while (filled < length) {
    KONSEKI_ASSIGN(const std::size_t got,
                   content.read_at(offset + filled, std::span(bytes).subspan(filled)));
    if (got == 0) break;
    filled += got;
  }
  bytes.resize(filled);
  return bytes;
}

class UtmpEmitter {
 public:
  UtmpEmitter(std::string_view file, const UtmpLayout& layout, const RecordEmitter& emit)
      : file_(file), layout_(layout), emit_(emit) {}

  void whole(std::span<const std::byte> bytes) {
    const UtmpRecord raw = read_utmp_record(bytes, layout_);
    Record record = base();
    std::vector<std::string> remarks;
    const bool history = file_ != "utmp";
    if (raw.blank && history) remarks.emplace_back("zeroed record: an entry may have been wiped");
    if (raw.time) record.set("time", *raw.time);
    if (history && runs_backwards(raw)) remarks.emplace_back("earlier than the record before it");
    record.set("type", utmp_type_name(raw.type));
    record.set("type_number", std::uint64_t{raw.type});
    set_unless_empty(record, "user", raw.user);
    set_unless_empty(record, "line", raw.line);
    set_unless_empty(record, "id", raw.id);
    set_unless_empty(record, "host", raw.host);
    set_unless_empty(record, "address", address_text(raw.address));
    if (raw.process != 0) record.set("pid", std::uint64_t{raw.process});
    if (raw.session != 0) record.set("session", raw.session);
    if (raw.termination != 0) record.set("termination", std::int64_t{raw.termination});
    if (raw.exit_status != 0) record.set("exit_status", std::int64_t{raw.exit_status});
    set_unless_empty(record, "remarks", std::move(remarks));
    if (!raw.problem.empty()) {
      record.status = ParseStatus::kCorrupt;
      record.note = raw.problem;
    }
    emit_(std::move(record));
    ++index_;
  }

  void cut(std::size_t length) {
    Record record = base();
    record.source.range->length = length;
    record.status = ParseStatus::kPartial;
    record.note = "record cut after " + std::to_string(length) + " of " +
                  std::to_string(layout_.size) + " bytes";
    emit_(std::move(record));
  }

 private:
  Record base() const {
    Record record(kLinuxUtmpSchema);
    record.source.range = ByteRange{index_ * layout_.size, layout_.size};
    record.set("file", std::string(file_));
    record.set("index", index_);
    return record;
  }

  // Writers race by seconds; a record of a changed clock explains any step.
  bool runs_backwards(const UtmpRecord& record) {
    if (!record.time || !record.problem.empty()) return false;
    const bool explained = record.type == kNewTime || !latest_;
    const bool backwards = !explained && record.time->seconds + kRace < latest_->seconds;
    latest_ = record.time;
    return backwards;
  }

  std::string_view file_;
  UtmpLayout layout_;
  const RecordEmitter& emit_;
  std::uint64_t index_ = 0;
  std::optional<Timestamp> latest_;
};

}  // namespace

Result<void> parse_utmp_file(ByteReader& content, std::string_view file,
                             const RecordEmitter& emit) {
  KONSEKI_ASSIGN(const auto sample, read_up_to(content, 0, kSample));
  if (sample.empty()) return {};
  const auto layout = guess_utmp_layout(sample);
  if (!layout) return fail(ErrorCode::kCorrupt, "no record makes sense in any known form of utmp");
  UtmpEmitter out(file, *layout, emit);
  const std::size_t step = layout->size * kRecordsAtOnce;
  for (std::uint64_t offset = 0;; offset += step) {
    KONSEKI_ASSIGN(const auto chunk, read_up_to(content, offset, step));
    std::size_t at = 0;
    for (; at + layout->size <= chunk.size(); at += layout->size) {
      out.whole(std::span(chunk).subspan(at, layout->size));
    }
    if (at < chunk.size()) out.cut(chunk.size() - at);
    if (chunk.size() < step) return {};
  }
}

}  // namespace konseki
