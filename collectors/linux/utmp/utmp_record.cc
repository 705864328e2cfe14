#include "collectors/linux/utmp/utmp_record.h"

#include <algorithm>

#include "collectors/linux/utmp/byte_order.h"

namespace konseki {
namespace {

constexpr std::array kTypeNames{"empty",        "run_level",    "boot_time",     "new_time",
                                "old_time",     "init_process", "login_process", "user_process",
                                "dead_process", "accounting"};

// Records outside these years are no records: Linux is younger, and files of 32-bit times end in
// 2106.
constexpr std::uint64_t kEarliest = 631'152'000;  // 1990
constexpr std::uint64_t kLatest = 4'294'967'295;

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

std::string problem_of(const UtmpRecord& record, std::uint64_t padding, std::uint64_t seconds,
                       std::uint64_t microseconds) {
  if (record.type >= kTypeNames.size()) {
    return "unknown record type " + std::to_string(record.type);
  }
  if (padding != 0) return "padding after the type is not zero";
  if (microseconds >= 1'000'000) return "microseconds out of range";
  const bool timeless = record.type == 0 && seconds == 0;
  if (!timeless && (seconds < kEarliest || seconds > kLatest)) return "time out of range";
  if (has_control(record.line) || has_control(record.user) || has_control(record.host)) {
    return "control characters in text";
  }
  return {};
}

std::size_t sound_records(std::span<const std::byte> sample, const UtmpLayout& layout) {
  std::size_t sound = 0;
  for (std::size_t at = 0; at + layout.size <= sample.size(); at += layout.size) {
    const UtmpRecord record = read_utmp_record(sample.subspan(at, layout.size), layout);
    // Zeros make sense in every form; a time only at its own place.
    if (record.time && record.problem.empty()) ++sound;
  }
  return sound;
}

}  // namespace

UtmpRecord read_utmp_record(std::span<const std::byte> bytes, const UtmpLayout& layout) {
  const FixedRecord raw(bytes, layout.big_endian);
  // 64-bit session and times push everything behind them back, aligned to 8.
  const bool wide = layout.size == 400;
  UtmpRecord record;
  record.type = static_cast<std::uint16_t>(raw.number(0, 2));
  record.process = static_cast<std::uint32_t>(raw.number(4, 4));
  record.line = raw.text(8, 32);
  record.id = raw.text(40, 4);
  record.user = raw.text(44, 32);
  record.host = raw.text(76, 256);
  record.termination = static_cast<std::int16_t>(raw.number(332, 2));
  record.exit_status = static_cast<std::int16_t>(raw.number(334, 2));
  record.session = wide ? raw.number(336, 8) : raw.number(336, 4);
  const std::uint64_t seconds = wide ? raw.number(344, 8) : raw.number(340, 4);
  const std::uint64_t microseconds = wide ? raw.number(352, 8) : raw.number(344, 4);
  const std::size_t address = wide ? 360 : 348;
  for (std::size_t i = 0; i < record.address.size() && address + i < bytes.size(); ++i) {
    record.address[i] = std::to_integer<std::uint8_t>(bytes[address + i]);
  }
  record.blank =
      std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
  record.problem = problem_of(record, raw.number(2, 2), seconds, microseconds);
  if (seconds >= kEarliest && seconds <= kLatest) {
    const bool sound = microseconds < 1'000'000;
    record.time = Timestamp::from_unix(static_cast<std::int64_t>(seconds),
                                       sound ? static_cast<std::int32_t>(microseconds) * 1'000 : 0);
  }
  return record;
}

const char* utmp_type_name(std::uint16_t type) {
  return type < kTypeNames.size() ? kTypeNames[type] : "unknown";
}

std::optional<UtmpLayout> guess_utmp_layout(std::span<const std::byte> sample) {
  std::optional<UtmpLayout> best;
  std::size_t most = 0;
  for (const UtmpLayout& layout : kUtmpLayouts) {
    const std::size_t sound = sound_records(sample, layout);
    if (sound > most) {
      most = sound;
      best = layout;
    }
  }
  if (best) return best;
  const bool zeros = std::all_of(sample.begin(), sample.end(),
                                 [](std::byte byte) { return byte == std::byte{0}; });
  if (!zeros) return std::nullopt;
  const bool wide = sample.size() % 384 != 0 && sample.size() % 400 == 0;
  return wide ? kUtmpLayouts[1] : kUtmpLayouts[0];
}

}  // namespace konseki
