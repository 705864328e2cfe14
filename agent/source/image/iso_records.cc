#include "agent/source/image/iso_records.h"

#include <algorithm>
#include <chrono>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "agent/source/image/little_endian.h"

namespace konseki {
namespace {

constexpr std::size_t kRecordHead = 33;
constexpr int kMaxContinuations = 32;
constexpr std::uint32_t kMaxContinuation = 64 * 1024;
constexpr std::size_t kMaxName = 4096;

std::optional<Timestamp> civil_time(int year, unsigned month, unsigned day, int hour, int minute,
                                    int second, int quarters_from_utc) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return Timestamp::from_unix(days * 86400 + hour * 3600 + minute * 60 + second -
                              std::int64_t{quarters_from_utc} * 15 * 60);
}

// ECMA-119 8.4.26.1: digits YYYYMMDDhhmmsscc and the distance from UTC.
std::optional<Timestamp> decode_long_time(std::span<const std::byte> bytes) {
  const auto digits = [&](std::size_t at, std::size_t count) {
    int number = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      const int digit = static_cast<int>(le8(bytes, i)) - '0';
      if (digit < 0 || digit > 9) return -1;
      number = number * 10 + digit;
    }
    return number;
  };
  const int parts[] = {digits(0, 4),  digits(4, 2),  digits(6, 2), digits(8, 2),
                       digits(10, 2), digits(12, 2), digits(14, 2)};
  if (std::any_of(std::begin(parts), std::end(parts), [](int part) { return part < 0; })) {
    return std::nullopt;
  }
  auto time = civil_time(parts[0], static_cast<unsigned>(parts[1]), static_cast<unsigned>(parts[2]),
                         parts[3], parts[4], parts[5], static_cast<std::int8_t>(le8(bytes, 16)));
  if (time) time->nanoseconds = parts[6] * 10'000'000;
  return time;
}

// RRIP 4.1.6: one time a bit of the flags, in order.
void take_times(std::span<const std::byte> field, FileTimes& times) {
  if (field.size() < 5) return;
  const unsigned flags = le8(field, 4);
  const std::size_t width = (flags & 0x80) != 0 ? 17 : 7;
  std::optional<Timestamp>* const places[] = {&times.created, &times.modified, &times.accessed,
                                              &times.changed};
  std::size_t at = 5;
  for (unsigned bit = 0; bit < std::size(places); ++bit) {
    if ((flags & (1u << bit)) == 0) continue;
    if (at + width > field.size()) return;
    const auto bytes = field.subspan(at, width);
    *places[bit] = width == 7 ? decode_iso_time(bytes) : decode_long_time(bytes);
    at += width;
  }
}

// RRIP 4.1.3: components; `joins` stays true where the last one goes on in the next field.
void take_link(std::span<const std::byte> field, std::string& target, bool& joins) {
  for (std::size_t at = 5; at + 2 <= field.size();) {
    const unsigned flags = le8(field, at);
    const std::size_t length = le8(field, at + 1);
    if (at + 2 + length > field.size()) return;
    if (!joins && !target.empty() && !target.ends_with('/')) target += '/';
    if ((flags & 8) != 0) {
      target = "/";
    } else if ((flags & 2) != 0) {
      target += '.';
    } else if ((flags & 4) != 0) {
      target += "..";
    } else if (target.size() < kMaxName) {
      target += as_text(field.subspan(at + 2, length));
    }
    joins = (flags & 1) != 0;
    at += 2 + length;
  }
}

struct Continuation {
  IsoExtent extent;
  std::uint32_t offset = 0;
};

class FieldReader {
 public:
  // The fields of one area; answers where they go on, if they do.
  std::optional<Continuation> read(std::span<const std::byte> area) {
    std::optional<Continuation> next;
    while (area.size() >= 4) {
      const std::size_t length = le8(area, 2);
      if (length < 4 || length > area.size()) break;
      const auto field = area.first(length);
      const std::string_view sign = as_text(field.first(2));
      area = area.subspan(length);
      if (sign == "ST") break;
      if (sign == "CE" && length >= 28) {
        next = Continuation{{le32(field, 4), std::min(le32(field, 20), kMaxContinuation)},
                            le32(field, 12)};
      } else {
        take(sign, field);
      }
    }
    return next;
  }

  RockRidge result;

 private:
  void take(std::string_view sign, std::span<const std::byte> field) {
    if (sign == "NM" && field.size() >= 5) {
      const unsigned flags = le8(field, 4);
      if ((flags & 6) == 0 && result.name.size() < kMaxName) {
        result.name += as_text(field.subspan(5));
      }
    } else if (sign == "PX" && field.size() >= 36) {
      result.mode = le32(field, 4);
      result.links = le32(field, 12);
      result.uid = le32(field, 20);
      result.gid = le32(field, 28);
    } else if (sign == "TF") {
      take_times(field, result.times);
    } else if (sign == "SL" && field.size() >= 5) {
      take_link(field, result.link_target, link_joins_);
    } else if (sign == "CL" && field.size() >= 12) {
      result.child_block = le32(field, 4);
    } else if (sign == "RE") {
      result.moved = true;
    } else if (sign == "ZF" && field.size() >= 16) {
      result.packed_size = le32(field, 8);
    }
  }

  bool link_joins_ = false;
};

}  // namespace

std::optional<IsoRecord> decode_iso_record(std::span<const std::byte> bytes) {
  if (bytes.size() < kRecordHead) return std::nullopt;
  const std::size_t length = le8(bytes, 0);
  if (length < kRecordHead || length > bytes.size()) return std::nullopt;
  bytes = bytes.first(length);
  const std::size_t name_size = le8(bytes, 32);
  if (kRecordHead + name_size > length) return std::nullopt;
  IsoRecord record;
  record.extended_blocks = le8(bytes, 1);
  record.extent = {le32(bytes, 2), le32(bytes, 10)};
  record.time = decode_iso_time(bytes.subspan(18, 7));
  record.flags = le8(bytes, 25);
  record.interleaved = le8(bytes, 26) != 0;
  record.name = bytes.subspan(kRecordHead, name_size);
  // A padding byte keeps what follows at an even place.
  const std::size_t rest = kRecordHead + name_size + (name_size % 2 == 0 ? 1 : 0);
  if (rest < length) record.system_use = bytes.subspan(rest);
  return record;
}

std::optional<Timestamp> decode_iso_time(std::span<const std::byte> bytes) {
  if (bytes.size() < 7) return std::nullopt;
  return civil_time(1900 + le8(bytes, 0), le8(bytes, 1), le8(bytes, 2), le8(bytes, 3),
                    le8(bytes, 4), le8(bytes, 5), static_cast<std::int8_t>(le8(bytes, 6)));
}

std::string decode_iso_name(std::span<const std::byte> name, IsoNames names) {
  std::string text;
  if (names == IsoNames::kJoliet) {
    std::vector<std::byte> little(name.begin(), name.end());
    little.resize(little.size() / 2 * 2);
    for (std::size_t i = 0; i < little.size(); i += 2) std::swap(little[i], little[i + 1]);
    text = utf16le_to_wtf8(little);
  } else {
    text = as_text(name);
  }
  const auto version = text.rfind(';');
  if (version != std::string::npos && version > 0 &&
      text.find_first_not_of("0123456789", version + 1) == std::string::npos) {
    text.resize(version);
  }
  if (names == IsoNames::kPlain && text.size() > 1 && text.ends_with('.')) text.pop_back();
  std::replace(text.begin(), text.end(), '/', '_');  // a separator cannot be part of a name
  return text;
}

RockRidge decode_rock_ridge(std::span<const std::byte> system_use, std::size_t skip,
                            const IsoBlockReader& read) {
  FieldReader fields;
  if (skip > system_use.size()) return {};
  auto next = fields.read(system_use.subspan(skip));
  for (int i = 0; next && i < kMaxContinuations; ++i) {
    const std::vector<std::byte> area = read(next->extent, next->offset);
    next = fields.read(area);
  }
  std::replace(fields.result.name.begin(), fields.result.name.end(), '/', '_');
  return std::move(fields.result);
}

std::optional<std::size_t> find_susp_skip(std::span<const std::byte> system_use) {
  // Some writers put 14 bytes of CD-ROM XA before it.
  for (const std::size_t at : {std::size_t{0}, std::size_t{14}}) {
    if (system_use.size() < at + 7) continue;
    const auto field = system_use.subspan(at);
    if (as_text(field).starts_with("SP") && le8(field, 4) == 0xbe && le8(field, 5) == 0xef) {
      return le8(field, 6);
    }
  }
  return std::nullopt;
}

}  // namespace konseki
