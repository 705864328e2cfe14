#include "collectors/linux/utmp/lastlog_record.h"

#include <algorithm>

#include "collectors/linux/utmp/byte_order.h"

namespace konseki {
namespace {

constexpr std::uint64_t kEarliest = 631'152'000;  // 1990
constexpr std::uint64_t kLatest = 4'294'967'295;
// For telling the form: of times read in the wrong byte order many lie before kLatest by chance.
constexpr std::int64_t kLikelyLatest = 2'208'988'800;  // 2040

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

}  // namespace

LastlogRecord read_lastlog_record(std::span<const std::byte> bytes, const LastlogLayout& layout) {
  const FixedRecord raw(bytes, layout.big_endian);
  const std::size_t width = layout.size - 32 - 256;
  LastlogRecord record;
  const std::uint64_t seconds = raw.number(0, width);
  record.line = raw.text(width, 32);
  record.host = raw.text(width + 32, 256);
  record.time.seconds = static_cast<std::int64_t>(std::min(seconds, kLatest));
  record.blank =
      std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
  if (!record.blank && (seconds < kEarliest || seconds > kLatest)) {
    record.problem = "time out of range";
  } else if (has_control(record.line) || has_control(record.host)) {
    record.problem = "control characters in text";
  }
  return record;
}

LastlogScore score_lastlog(std::span<const std::byte> run, std::uint64_t offset,
                           const LastlogLayout& layout) {
  LastlogScore score;
  const std::uint64_t rest = offset % layout.size;
  std::size_t at = rest == 0 ? 0 : static_cast<std::size_t>(layout.size - rest);
  for (; at + layout.size <= run.size(); at += layout.size) {
    const LastlogRecord record = read_lastlog_record(run.subspan(at, layout.size), layout);
    if (record.blank) continue;
    const bool likely = record.problem.empty() && record.time.seconds < kLikelyLatest;
    ++(likely ? score.sound : score.unsound);
  }
  return score;
}

}  // namespace konseki
