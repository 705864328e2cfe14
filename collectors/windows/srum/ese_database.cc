#include "collectors/windows/srum/ese_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>

namespace konseki::windows {
namespace {

constexpr std::uint32_t kSignature = 0x89abcdef;
constexpr std::uint32_t kVersion = 0x620;
constexpr std::uint32_t kNewPages = 0x11;  // revision from which large pages have longer headers
constexpr std::uint32_t kCatalogRoot = 4;
constexpr std::size_t kMostDepth = 16;
constexpr std::size_t kMostTables = 10'000;
constexpr std::size_t kMostColumns = 1'024;  // of one table

// Of pages.
constexpr std::uint32_t kLeaf = 0x2;
constexpr std::uint32_t kSpaceTree = 0x20;
constexpr std::uint32_t kIndex = 0x40;
constexpr std::uint32_t kLongValue = 0x80;
// Of values in pages.
constexpr unsigned kDefunct = 0x2;
constexpr unsigned kHasPrefix = 0x4;
// Of tagged columns that are no plain bytes: compressed, elsewhere, several.
constexpr std::uint8_t kNotPlain = 0x02 | 0x04 | 0x08 | 0x10;

using Bytes = std::span<const std::byte>;

template <class Number>
Number number(Bytes bytes, std::size_t at) {
  Number value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  static_assert(std::endian::native == std::endian::little);
  return value;
}

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

// What is known of the catalog before it is read.
const EseTable& catalog_table() {
  static const EseTable kTable{"MSysObjects",
                               kCatalogRoot,
                               {{1, EseType::kLong, "ObjidTable"},
                                {2, EseType::kShort, "Type"},
                                {3, EseType::kLong, "Id"},
                                {4, EseType::kLong, "ColtypOrPgnoFDP"},
                                {128, EseType::kText, "Name"}}};
  return kTable;
}

}  // namespace

// One page and its values, the first of which belongs to the page itself.
struct EseDatabase::Page {
  std::vector<std::byte> bytes;
  std::uint32_t flags = 0;
  std::size_t header = 0;
  std::size_t count = 0;  // of values
  bool large = false;

  struct Value {
    Bytes bytes;
    unsigned flags = 0;
  };
  // Nothing where the value does not lie in the page.
  std::optional<Value> value(std::size_t index) const {
    const std::size_t tags = count * 4;
    const std::size_t at = bytes.size() - (index + 1) * 4;
    const auto size_word = number<std::uint16_t>(bytes, at);
    const auto offset_word = number<std::uint16_t>(bytes, at + 2);
    const std::size_t mask = large ? 0x7fff : 0x1fff;
    const std::size_t size = size_word & mask;
    const std::size_t offset = header + (offset_word & mask);
    if (offset + size > bytes.size() - tags) return std::nullopt;
    Value out{Bytes(bytes).subspan(offset, size), static_cast<unsigned>(offset_word >> 13)};
    if (large) out.flags = size >= 2 ? number<std::uint16_t>(out.bytes, 0) >> 13 : 0;
    return out;
  }
  // Behind the key of a value: the number of a page below, or a record.
  static std::optional<Bytes> content(const Value& value) {
    std::size_t at = (value.flags & kHasPrefix) != 0 ? 2 : 0;
    if (value.bytes.size() < at + 2) return std::nullopt;
    const std::size_t key = number<std::uint16_t>(value.bytes, at) & 0x1fff;
    at += 2 + key;
    if (value.bytes.size() < at) return std::nullopt;
    return value.bytes.subspan(at);
  }
};

const EseColumn* EseTable::column(std::string_view wanted) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const EseColumn& each) { return each.name == wanted; });
  return found == columns.end() ? nullptr : &*found;
}

std::optional<Bytes> EseRow::bytes(const EseColumn* column) const {
  // The last fixed and the last variable column, and where the variable ones begin.
  if (column == nullptr || record_.size() < 4) return std::nullopt;
  if (column->id < 128) return fixed(column->id);
  if (column->id >= 256) return tagged(column->id);
  const auto last = number<std::uint8_t>(record_, 1);
  const std::size_t start = number<std::uint16_t>(record_, 2);
  if (column->id > last) return std::nullopt;
  const std::size_t ends = start + (std::size_t{last} - 127) * 2;
  if (ends > record_.size()) return std::nullopt;
  const std::size_t index = column->id - 128;
  const auto end_word = number<std::uint16_t>(record_, start + index * 2);
  const std::size_t begin =
      index == 0 ? 0 : number<std::uint16_t>(record_, start + (index - 1) * 2) & 0x7fff;
  const std::size_t end = end_word & 0x7fff;
  if ((end_word & 0x8000) != 0 || end < begin || ends + end > record_.size()) return std::nullopt;
  return record_.subspan(ends + begin, end - begin);
}

// Fixed columns stand one after another by their numbers; then a bit each says which are null.
std::optional<Bytes> EseRow::fixed(std::uint32_t id) const {
  const auto last = number<std::uint8_t>(record_, 0);
  const std::size_t variable = number<std::uint16_t>(record_, 2);
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
    if (each.id == id) return record_.subspan(at, width);
    at += width;
  }
  return std::nullopt;
}

// Tagged columns: pairs of number and place, then their values.
std::optional<Bytes> EseRow::tagged(std::uint32_t id) const {
  const auto last = number<std::uint8_t>(record_, 1);
  std::size_t start = number<std::uint16_t>(record_, 2);
  if (last > 127) {
    const std::size_t count = std::size_t{last} - 127;
    if (start + count * 2 > record_.size()) return std::nullopt;
    start += count * 2 + (number<std::uint16_t>(record_, start + (count - 1) * 2) & 0x7fff);
  }
  if (start + 4 > record_.size()) return std::nullopt;
  const Bytes area = record_.subspan(start);
  const std::size_t mask = large_pages_ ? 0x7fff : 0x3fff;
  const std::size_t first = number<std::uint16_t>(area, 2) & mask;
  if (first < 4 || first > area.size()) return std::nullopt;
  for (std::size_t at = 0; at + 4 <= first; at += 4) {
    if (number<std::uint16_t>(area, at) != id) continue;
    const auto word = number<std::uint16_t>(area, at + 2);
    std::size_t begin = word & mask;
    const std::size_t end =
        at + 8 <= first ? number<std::uint16_t>(area, at + 6) & mask : area.size();
    if (begin > end || end > area.size()) return std::nullopt;
    if (large_pages_ || (word & 0x4000) != 0) {
      if (begin == end || (std::to_integer<std::uint8_t>(area[begin]) & kNotPlain) != 0) {
        return std::nullopt;
      }
      ++begin;
    }
    return area.subspan(begin, end - begin);
  }
  return std::nullopt;
}

std::optional<std::int64_t> EseRow::integer(const EseColumn* column) const {
  const auto value = bytes(column);
  if (!value) return std::nullopt;
  switch (column->type) {
    case EseType::kBit:
    case EseType::kUnsignedByte:
      return value->size() == 1 ? std::optional(number<std::uint8_t>(*value, 0)) : std::nullopt;
    case EseType::kShort:
      return value->size() == 2 ? std::optional(number<std::int16_t>(*value, 0)) : std::nullopt;
    case EseType::kUnsignedShort:
      return value->size() == 2 ? std::optional(number<std::uint16_t>(*value, 0)) : std::nullopt;
    case EseType::kLong:
      return value->size() == 4 ? std::optional(number<std::int32_t>(*value, 0)) : std::nullopt;
    case EseType::kUnsignedLong:
      return value->size() == 4 ? std::optional(number<std::uint32_t>(*value, 0)) : std::nullopt;
    case EseType::kCurrency:
    case EseType::kLongLong:
      return value->size() == 8 ? std::optional(number<std::int64_t>(*value, 0)) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Timestamp> EseRow::time(const EseColumn* column) const {
  constexpr double kDaysTo1970 = 25'569;
  constexpr double kMostDays = 200'000;
  const auto value = bytes(column);
  if (!value || value->size() != 8 || column->type != EseType::kDateTime) return std::nullopt;
  const auto days = number<double>(*value, 0);
  if (!(days > 0 && days < kMostDays)) return std::nullopt;
  // Stored to the second; the double is a little beside it.
  return Timestamp::from_unix(std::llround((days - kDaysTo1970) * 86'400));
}

Result<EseDatabase> EseDatabase::open(ByteReader& content) {
  EseDatabase database(content);
  KONSEKI_TRY(database.read_header());
  KONSEKI_TRY(database.read_catalog());
  return database;
}

Result<void> EseDatabase::read_header() {
  std::array<std::byte, 240> header{};
  KONSEKI_ASSIGN(const std::size_t count, content_.read_at(0, header));
  if (count < header.size() || number<std::uint32_t>(header, 4) != kSignature) {
    return fail(ErrorCode::kInvalidArgument, "no ESE database");
  }
  const auto version = number<std::uint32_t>(header, 8);
  const auto revision = number<std::uint32_t>(header, 232);
  page_size_ = number<std::uint32_t>(header, 236);
  if (page_size_ == 0) page_size_ = 4096;
  if (version != kVersion || revision < 0x0b) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("ESE format {:#x} revision {:#x}", version, revision));
  }
  if (page_size_ < 4096 || page_size_ > 32768 || (page_size_ & (page_size_ - 1)) != 0) {
    return fail(ErrorCode::kCorrupt, fmt::format("pages of {} bytes", page_size_));
  }
  large_pages_ = revision >= kNewPages && page_size_ >= 16384;
  constexpr std::uint32_t kCleanShutdown = 3;
  dirty_ = number<std::uint32_t>(header, 52) != kCleanShutdown;
  // The first two pages are the header and its copy.
  const std::uint64_t all = content_.size() / page_size_;
  pages_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(all < 2 ? 0 : all - 2, UINT32_MAX));
  return {};
}

Result<EseDatabase::Page> EseDatabase::page(std::uint32_t which) {
  if (which == 0 || which > pages_) {
    return fail(ErrorCode::kCorrupt, fmt::format("there is no page {}", which));
  }
  Page out;
  out.bytes.resize(page_size_);
  KONSEKI_ASSIGN(const std::size_t count,
                 content_.read_at((std::uint64_t{which} + 1) * page_size_, out.bytes));
  if (count < page_size_) return fail(ErrorCode::kCorrupt, fmt::format("page {} is cut", which));
  out.large = large_pages_;
  out.header = large_pages_ ? 80 : 40;
  out.flags = number<std::uint32_t>(out.bytes, 36);
  out.count = number<std::uint16_t>(out.bytes, 34);
  if (out.header + out.count * 4 > out.bytes.size()) {
    return fail(ErrorCode::kCorrupt, fmt::format("page {}: more values than it can hold", which));
  }
  return out;
}

// Goes through the pages of one table from its root.
class EseDatabase::Walk {
 public:
  Walk(EseDatabase& database, const EseTable& table, const std::function<void(const EseRow&)>& row)
      : database_(database), table_(table), row_(row), seen_(database.pages_ + 1) {}

  void visit(std::uint32_t number, std::size_t depth) {
    if (number >= seen_.size() || seen_[number] || depth > kMostDepth) {
      return damaged(fmt::format("page {} does not belong here", number));
    }
    seen_[number] = true;
    auto page = database_.page(number);
    if (!page) return damaged(page.error().detail);
    if ((page->flags & (kSpaceTree | kIndex | kLongValue)) != 0) {
      return damaged(fmt::format("page {} is of no table", number));
    }
    for (std::size_t i = 1; i < page->count; ++i) {
      const auto value = page->value(i);
      if (value && (value->flags & kDefunct) != 0) continue;
      const auto content = value ? Page::content(*value) : std::nullopt;
      if (!content) {
        damaged(fmt::format("page {}: value {} does not lie in it", number, i));
      } else if ((page->flags & kLeaf) != 0) {
        row_(EseRow(table_, *content, database_.large_pages_));
      } else if (content->size() >= 4) {
        visit(konseki::windows::number<std::uint32_t>(*content, 0), depth + 1);
      }
    }
  }

  const std::string& note() const { return note_; }

 private:
  void damaged(std::string why) {
    if (note_.empty()) note_ = std::move(why);
  }

  EseDatabase& database_;
  const EseTable& table_;
  const std::function<void(const EseRow&)>& row_;
  std::vector<bool> seen_;
  std::string note_;
};

Result<void> EseDatabase::each_row(const EseTable& table,
                                   const std::function<void(const EseRow&)>& row) {
  Walk walk(*this, table, row);
  walk.visit(table.root, 0);
  if (walk.note().empty()) return {};
  return fail(ErrorCode::kCorrupt, walk.note());
}

Result<void> EseDatabase::read_catalog() {
  constexpr std::int64_t kTable = 1;
  constexpr std::int64_t kColumn = 2;
  const EseTable& catalog = catalog_table();
  const EseColumn* owner = catalog.column("ObjidTable");
  const EseColumn* kind = catalog.column("Type");
  const EseColumn* id = catalog.column("Id");
  const EseColumn* meaning = catalog.column("ColtypOrPgnoFDP");
  const EseColumn* name = catalog.column("Name");
  std::map<std::int64_t, EseTable> tables;  // by object
  const auto read = each_row(catalog, [&](const EseRow& row) {
    const auto object = row.integer(owner);
    const auto what = row.integer(kind);
    const auto number = row.integer(id);
    const auto value = row.integer(meaning);
    const auto text = row.bytes(name);
    if (!object || !what || !number || !value || !text || *value < 0) return;
    std::string called(reinterpret_cast<const char*>(text->data()), text->size());
    const bool known = tables.contains(*object);
    if (!known && tables.size() >= kMostTables) return;
    EseTable& table = tables[*object];
    if (*what == kTable) {
      table.name = std::move(called);
      table.root = static_cast<std::uint32_t>(*value);
    } else if (*what == kColumn && *number > 0 && table.columns.size() < kMostColumns) {
      table.columns.push_back(
          {static_cast<std::uint32_t>(*number), static_cast<EseType>(*value), std::move(called)});
    }
  });
  for (auto& [object, table] : tables) {
    if (table.root == 0) continue;
    std::stable_sort(table.columns.begin(), table.columns.end(),
                     [](const EseColumn& a, const EseColumn& b) { return a.id < b.id; });
    tables_.push_back(std::move(table));
  }
  if (tables_.empty()) {
    return fail(ErrorCode::kCorrupt, read ? "the catalog names no table" : read.error().detail);
  }
  return {};
}

const EseTable* EseDatabase::table(std::string_view name) const {
  const auto found = std::find_if(tables_.begin(), tables_.end(),
                                  [&](const EseTable& each) { return each.name == name; });
  return found == tables_.end() ? nullptr : &*found;
}

}  // namespace konseki::windows
