#include "collectors/windows/ese/ese_row.h"

#include <algorithm>
#include <cmath>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "collectors/windows/ese/ese_compression.h"
#include "collectors/windows/ese/ese_database.h"
#include "collectors/windows/ese/ese_page.h"

namespace konseki::windows {
namespace {

// Of tagged columns.
constexpr unsigned kCompressed = 0x02;
constexpr unsigned kElsewhere = 0x04;
constexpr unsigned kSeveral = 0x08 | 0x10;
constexpr unsigned kNull = 0x20;
constexpr unsigned kEncrypted = 0x40;

using Bytes = std::span<const std::byte>;

std::size_t width_of(EseType type) {
  switch (type) {
    case EseType::kBit:
    case EseType::kUnsignedByte:
      return 1;
    case EseType::kShort:
    case EseType::kUnsignedShort:
      return 2;
    case EseType::kLong:
    case EseType::kSingle:
    case EseType::kUnsignedLong:
      return 4;
    case EseType::kCurrency:
    case EseType::kDouble:
    case EseType::kDateTime:
    case EseType::kLongLong:
      return 8;
    case EseType::kGuid:
      return 16;
    default:
      return 0;
  }
}

}  // namespace

const EseColumn* EseTable::column(std::string_view wanted) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const EseColumn& each) { return each.name == wanted; });
  return found == columns.end() ? nullptr : &*found;
}

std::optional<EseRow::Cell> EseRow::cell(const EseColumn* column) const {
  // The last fixed and the last variable column, and where the variable ones begin.
  if (column == nullptr || record_.size() < 4) return std::nullopt;
  if (column->id < 128) return fixed(column->id);
  return column->id < 256 ? variable(column->id) : tagged(column->id);
}

// Fixed columns stand one after another by their numbers; then a bit each says which are null.
std::optional<EseRow::Cell> EseRow::fixed(std::uint32_t id) const {
  const auto last = ese_number<std::uint8_t>(record_, 0);
  const std::size_t variable = ese_number<std::uint16_t>(record_, 2);
  const std::size_t nulls = (std::size_t{last} + 7) / 8;
  if (id > last || last > 127 || variable > record_.size() || variable < 4 + nulls) {
    return std::nullopt;
  }
  const auto null_byte = std::to_integer<unsigned>(record_[variable - nulls + (id - 1) / 8]);
  if ((null_byte >> (id - 1) % 8 & 1) != 0) return std::nullopt;
  std::size_t at = 4;
  for (const EseColumn& each : table_.columns) {  // by id
    if (each.id > id) break;
    const std::size_t width = width_of(each.type);
    if (at + width > variable - nulls || width == 0) return std::nullopt;
    if (each.id == id) return Cell{record_.subspan(at, width)};
    at += width;
  }
  return std::nullopt;
}

// Variable columns: where each ends, then their values.
std::optional<EseRow::Cell> EseRow::variable(std::uint32_t id) const {
  const auto last = ese_number<std::uint8_t>(record_, 1);
  const std::size_t start = ese_number<std::uint16_t>(record_, 2);
  if (id > last) return std::nullopt;
  const std::size_t ends = start + (std::size_t{last} - 127) * 2;
  if (ends > record_.size()) return std::nullopt;
  const std::size_t index = id - 128;
  const auto end_word = ese_number<std::uint16_t>(record_, start + index * 2);
  const std::size_t begin =
      index == 0 ? 0 : ese_number<std::uint16_t>(record_, start + (index - 1) * 2) & 0x7fff;
  const std::size_t end = end_word & 0x7fff;
  if ((end_word & 0x8000) != 0 || end < begin || ends + end > record_.size()) return std::nullopt;
  return Cell{record_.subspan(ends + begin, end - begin)};
}

// Tagged columns: pairs of number and place, then their values.
std::optional<EseRow::Cell> EseRow::tagged(std::uint32_t id) const {
  const auto last = ese_number<std::uint8_t>(record_, 1);
  std::size_t start = ese_number<std::uint16_t>(record_, 2);
  if (last > 127) {
    const std::size_t count = std::size_t{last} - 127;
    if (start + count * 2 > record_.size()) return std::nullopt;
    start += count * 2 + (ese_number<std::uint16_t>(record_, start + (count - 1) * 2) & 0x7fff);
  }
  if (start + 4 > record_.size()) return std::nullopt;
  const Bytes area = record_.subspan(start);
  const bool large = database_.large_pages();
  const std::size_t mask = large ? 0x7fff : 0x3fff;
  const std::size_t first = ese_number<std::uint16_t>(area, 2) & mask;
  if (first < 4 || first > area.size()) return std::nullopt;
  for (std::size_t at = 0; at + 4 <= first; at += 4) {
    if (ese_number<std::uint16_t>(area, at) != id) continue;
    const auto word = ese_number<std::uint16_t>(area, at + 2);
    std::size_t begin = word & mask;
    const std::size_t end =
        at + 8 <= first ? ese_number<std::uint16_t>(area, at + 6) & mask : area.size();
    if (begin > end || end > area.size()) return std::nullopt;
    Cell out;
    if (large || (word & 0x4000) != 0) {
      if (begin == end) return std::nullopt;
      out.flags = std::to_integer<unsigned>(area[begin++]);
    }
    if ((out.flags & kNull) != 0 || (!large && (word & 0x8000) != 0)) return std::nullopt;
    out.bytes = area.subspan(begin, end - begin);
    return out;
  }
  return std::nullopt;
}

std::optional<Bytes> EseRow::bytes(const EseColumn* column) const {
  const auto found = cell(column);
  constexpr unsigned kNotPlain = kCompressed | kElsewhere | kSeveral | kEncrypted;
  if (!found || (found->flags & kNotPlain) != 0) return std::nullopt;
  return found->bytes;
}

std::optional<std::vector<std::byte>> EseRow::whole(const EseColumn* column) const {
  const auto found = cell(column);
  if (!found) return std::nullopt;
  if ((found->flags & (kSeveral | kEncrypted)) != 0) return database_.unread_value();
  if ((found->flags & kElsewhere) != 0) return database_.long_value(table_, found->bytes);
  if ((found->flags & kCompressed) == 0) {
    return std::vector<std::byte>(found->bytes.begin(), found->bytes.end());
  }
  auto expanded = ese_expand(found->bytes, EseDatabase::kMostValue);
  if (!expanded) return database_.unread_value();
  return *std::move(expanded);
}

std::string EseRow::text(const EseColumn* column) const {
  constexpr std::uint32_t kUtf16 = 1200;
  const auto value = whole(column);
  if (!value) return {};
  if (column->code_page == kUtf16) return utf16le_to_wtf8_until_nul(*value);
  // The others that databases may have are Windows-1252 and ASCII; bytes above it stay as they are.
  const std::string_view text = as_text(*value);
  return std::string(text.substr(0, text.find('\0')));
}

std::optional<std::int64_t> EseRow::integer(const EseColumn* column) const {
  const auto value = bytes(column);
  if (!value || value->size() != width_of(column->type)) return std::nullopt;
  switch (column->type) {
    case EseType::kBit:
    case EseType::kUnsignedByte:
      return ese_number<std::uint8_t>(*value, 0);
    case EseType::kShort:
      return ese_number<std::int16_t>(*value, 0);
    case EseType::kUnsignedShort:
      return ese_number<std::uint16_t>(*value, 0);
    case EseType::kLong:
      return ese_number<std::int32_t>(*value, 0);
    case EseType::kUnsignedLong:
      return ese_number<std::uint32_t>(*value, 0);
    case EseType::kCurrency:
    case EseType::kLongLong:
      return ese_number<std::int64_t>(*value, 0);
    default:
      return std::nullopt;
  }
}

std::optional<Timestamp> EseRow::time(const EseColumn* column) const {
  constexpr double kDaysTo1970 = 25'569;
  constexpr double kMostDays = 200'000;
  const auto value = bytes(column);
  if (!value || value->size() != 8 || column->type != EseType::kDateTime) return std::nullopt;
  const auto days = ese_number<double>(*value, 0);
  if (!(days > 0 && days < kMostDays)) return std::nullopt;
  // Stored to the second; the double is a little beside it.
  return Timestamp::from_unix(std::llround((days - kDaysTo1970) * 86'400));
}

std::optional<Timestamp> EseRow::filetime(const EseColumn* column) const {
  const auto ticks = integer(column);
  if (!ticks || *ticks <= 0 || *ticks == INT64_MAX) return std::nullopt;
  return Timestamp::from_filetime(static_cast<std::uint64_t>(*ticks));
}

}  // namespace konseki::windows
