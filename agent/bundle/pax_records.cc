#include "agent/bundle/pax_records.h"

#include <charconv>
#include <limits>

namespace konseki {
namespace {

// Sets `target` and tells whether there was a number.
bool take_number(std::string_view value, std::optional<std::uint64_t>& target) {
  target = parse_decimal(value);
  return target.has_value();
}

bool take_record(std::string_view key, std::string_view value, PaxRecords& out) {
  if (key == "path") {
    out.path = value;
  } else if (key == "linkpath") {
    out.link_path = value;
  } else if (key == "mtime") {
    out.modified = parse_pax_time(value);
    return out.modified.has_value();
  } else if (key == "size") {
    return take_number(value, out.size);
  } else if (key == "uid") {
    return take_number(value, out.uid);
  } else if (key == "gid") {
    return take_number(value, out.gid);
  } else if (key == "GNU.sparse.major") {
    (value == "1" ? out.sparse : out.other_sparse) = true;
  } else if (key == "GNU.sparse.name") {
    out.sparse_name = value;
  } else if (key == "GNU.sparse.realsize") {
    return take_number(value, out.sparse_size);
  } else if (key == "GNU.sparse.map" || key == "GNU.sparse.numblocks") {
    out.other_sparse = true;
  }
  return true;
}

}  // namespace

bool parse_pax_records(std::string_view text, PaxRecords& out) {
  while (!text.empty()) {
    const auto space = text.find(' ');
    if (space == std::string_view::npos || space > 9) return false;
    const auto length = parse_decimal(text.substr(0, space));
    if (!length || *length > text.size() || *length < space + 3) return false;
    const std::string_view record =
        text.substr(space + 1, static_cast<std::size_t>(*length) - space - 2);
    if (text[static_cast<std::size_t>(*length) - 1] != '\n') return false;
    const auto equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0) return false;
    if (!take_record(record.substr(0, equals), record.substr(equals + 1), out)) return false;
    text.remove_prefix(static_cast<std::size_t>(*length));
  }
  return true;
}

std::optional<Timestamp> parse_pax_time(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = parse_decimal(text.substr(0, point));
  // Room for every date a file system knows, and for the sums below.
  if (!whole || *whole > (std::uint64_t{1} << 60)) return std::nullopt;
  std::string digits;
  if (point != std::string_view::npos) digits = text.substr(point + 1);
  if (digits.size() > 64) return std::nullopt;
  digits.resize(9, '0');
  const auto fraction = parse_decimal(digits);
  if (!fraction) return std::nullopt;
  Timestamp time{static_cast<std::int64_t>(*whole), static_cast<std::int32_t>(*fraction)};
  if (!negative) return time;
  time.seconds = -time.seconds;
  if (time.nanoseconds > 0) {
    --time.seconds;
    time.nanoseconds = 1'000'000'000 - time.nanoseconds;
  }
  return time;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::uint64_t> parse_tar_number(std::string_view field) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::uint64_t value = 0;
  if (!field.empty() && (field.front() & 0x80) != 0) {
    if (static_cast<unsigned char>(field.front()) != 0x80) return std::nullopt;
    for (char byte : field.substr(1)) {
      if (value > kMost >> 8) return std::nullopt;
      value = value << 8 | static_cast<unsigned char>(byte);
    }
    return value;
  }
  while (field.starts_with(' ')) field.remove_prefix(1);
  while (!field.empty() && (field.back() == ' ' || field.back() == '\0')) field.remove_suffix(1);
  for (char digit : field) {
    if (digit < '0' || digit > '7' || value > kMost >> 3) return std::nullopt;
    value = value << 3 | static_cast<unsigned>(digit - '0');
  }
  return value;
}

}  // namespace konseki
