#include "collectors/windows/ese/ese_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "agent/base/cursor.h"
#include "collectors/windows/ese/ese_header.h"
#include "collectors/windows/ese/ese_long_value.h"

namespace konseki::windows {
namespace {

constexpr std::uint32_t kVersion = 0x620;
constexpr std::uint32_t kNewPages = 0x11;  // revision from which large pages have longer headers
constexpr std::uint32_t kCatalogRoot = 4;
constexpr std::size_t kMostDepth = 16;
constexpr std::uint32_t kMostPages = 1U << 24;  // 64 GiB of the smallest; a sparse file claims any
constexpr std::size_t kMostTables = 10'000;
constexpr std::size_t kMostColumns = 1'024;  // of one table
// Pages that are read for long values: for each page of the database, and of one database.
constexpr std::uint64_t kLongValueReads = 64;
constexpr std::uint64_t kMostLongValueReads = 1'000'000;

using Bytes = std::span<const std::byte>;

// What is known of the catalog before it is read.
const EseTable& catalog_table() {
  static const EseTable kTable{"MSysObjects",
                               kCatalogRoot,
                               0,
                               {{1, EseType::kLong, 0, "ObjidTable"},
                                {2, EseType::kShort, 0, "Type"},
                                {3, EseType::kLong, 0, "Id"},
                                {4, EseType::kLong, 0, "ColtypOrPgnoFDP"},
                                {5, EseType::kLong, 0, "SpaceUsage"},
                                {6, EseType::kLong, 0, "Flags"},
                                {7, EseType::kLong, 0, "PagesOrLocale"},
                                {128, EseType::kText, 0, "Name"}}};
  return kTable;
}

}  // namespace

Result<EseDatabase> EseDatabase::open(ByteReader& content) {
  EseDatabase database(content);
  KONSEKI_TRY(database.read_header());
  KONSEKI_TRY(database.read_catalog());
  return database;
}

Result<void> EseDatabase::read_header() {
  std::array<std::byte, kEseHeaderSize> bytes{};
  KONSEKI_ASSIGN(const std::size_t count, content_.read_at(0, bytes));
  const auto header = read_ese_header(std::span(bytes).first(count));
  if (!header) return fail(ErrorCode::kInvalidArgument, "no ESE database");
  if (header->version != kVersion || header->revision < 0x0b) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("ESE format {:#x} revision {:#x}", header->version, header->revision));
  }
  page_size_ = header->page_size;
  if (page_size_ < 4096 || page_size_ > 32768 || (page_size_ & (page_size_ - 1)) != 0) {
    return fail(ErrorCode::kCorrupt, fmt::format("pages of {} bytes", page_size_));
  }
  large_pages_ = header->revision >= kNewPages && page_size_ >= 16384;
  dirty_ = header->dirty;
  // The first two pages are the header and its copy.
  const std::uint64_t all = content_.size() / page_size_;
  pages_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(all < 2 ? 0 : all - 2, kMostPages));
  long_value_pages_ = std::min(pages_ * kLongValueReads, kMostLongValueReads);
  return {};
}

Result<EsePage> EseDatabase::page(std::uint32_t which) {
  if (which == 0 || which > pages_) {
    return fail(ErrorCode::kCorrupt, fmt::format("there is no page {}", which));
  }
  std::vector<std::byte> bytes(page_size_);
  KONSEKI_ASSIGN(const std::size_t count,
                 content_.read_at((std::uint64_t{which} + 1) * page_size_, bytes));
  if (count < page_size_) return fail(ErrorCode::kCorrupt, fmt::format("page {} is cut", which));
  auto page = EsePage::parse(std::move(bytes), large_pages_);
  if (!page) {
    return fail(ErrorCode::kCorrupt, fmt::format("page {}: more values than it can hold", which));
  }
  return *std::move(page);
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
    const auto page = database_.page(number);
    if (!page) return damaged(page.error().detail);
    if ((page->flags() & (kEseSpaceTree | kEseIndex | kEseLongValue)) != 0) {
      return damaged(fmt::format("page {} is of no table", number));
    }
    for (std::size_t i = 1; i < page->count(); ++i) {
      const auto value = page->value(i);
      if (value && value->deleted()) continue;
      const auto content = value ? EsePage::content(*value) : std::nullopt;
      if (!content) {
        damaged(fmt::format("page {}: value {} does not lie in it", number, i));
      } else if ((page->flags() & kEseLeaf) != 0) {
        row_(EseRow(database_, table_, *content));
      } else if (content->size() >= 4) {
        visit(ese_number<std::uint32_t>(*content, 0), depth + 1);
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

bool EseDatabase::visit_long_values(std::uint32_t number, std::size_t depth, EseLongValue& value) {
  if (depth > kMostDepth || long_value_pages_ == 0) return false;
  --long_value_pages_;
  const auto page = this->page(number);
  if (!page || (page->flags() & kEseLongValue) == 0) return false;
  for (std::size_t i = 1; i < page->count(); ++i) {
    const auto node = page->value(i);
    if (!node || node->deleted()) continue;
    const auto key = page->key(*node);
    const auto content = EsePage::content(*node);
    if (!key || !content) continue;
    if ((page->flags() & kEseLeaf) != 0) {
      if (!value.take(*key, *content)) return false;
    } else if (content->size() >= 4 && (key->empty() || *key >= value.id())) {
      // The key of a page is not below any key in it; the last one of a level has none.
      if (!visit_long_values(ese_number<std::uint32_t>(*content, 0), depth + 1, value)) {
        return false;
      }
    }
  }
  return true;
}

std::optional<std::vector<std::byte>> EseDatabase::long_value(const EseTable& table, Bytes id) {
  if (table.long_values == 0 || (id.size() != 4 && id.size() != 8)) return unread_value();
  std::string key(as_text(id));
  std::reverse(key.begin(), key.end());
  EseLongValue value(std::move(key), kMostValue);
  visit_long_values(table.long_values, 0, value);
  auto whole = value.finish();
  if (!whole) return unread_value();
  return whole;
}

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
  constexpr std::int64_t kLongValues = 4;
  const EseTable& catalog = catalog_table();
  const EseColumn* owner = catalog.column("ObjidTable");
  const EseColumn* kind = catalog.column("Type");
  const EseColumn* id = catalog.column("Id");
  const EseColumn* meaning = catalog.column("ColtypOrPgnoFDP");
  const EseColumn* locale = catalog.column("PagesOrLocale");
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
      table.columns.push_back({static_cast<std::uint32_t>(*number), static_cast<EseType>(*value),
                               static_cast<std::uint32_t>(row.integer(locale).value_or(0)),
                               std::move(called)});
    } else if (*what == kLongValues) {
      table.long_values = static_cast<std::uint32_t>(*value);
    }
  });
  for (auto& [object, table] : tables) {
    if (table.root == 0) continue;
    std::stable_sort(table.columns.begin(), table.columns.end(),
                     [](const EseColumn& a, const EseColumn& b) { return a.id < b.id; });
    tables_.push_back(std::move(table));
  }
  std::stable_sort(tables_.begin(), tables_.end(),
                   [](const EseTable& a, const EseTable& b) { return a.name < b.name; });
  if (tables_.empty()) {
    return fail(ErrorCode::kCorrupt, read ? "the catalog names no table" : read.error().detail);
  }
  return {};
}

const EseTable* EseDatabase::table(std::string_view name) const {
  const auto found = std::lower_bound(
      tables_.begin(), tables_.end(), name,
      [](const EseTable& each, std::string_view wanted) { return each.name < wanted; });
  return found == tables_.end() || found->name != name ? nullptr : &*found;
}

}  // namespace konseki::windows
