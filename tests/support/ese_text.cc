#include "tests/support/ese_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <map>
#include <sstream>
#include <vector>

#include "agent/base/hex.h"

namespace konseki::testing {
namespace {

template <class Number>
void put(std::string& out, Number value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}
template <class Number>
void put_at(std::string& out, std::size_t at, Number value) {
  std::memcpy(out.data() + at, &value, sizeof value);
}

struct Column {
  unsigned id = 0;
  unsigned type = 0;
  std::string name;
};
struct Row {
  std::vector<std::string> values;
  bool deleted = false;
};
struct Table {
  std::string name;
  std::vector<Column> columns;
  std::vector<Row> rows;
};

std::size_t width_of(unsigned type) {
  constexpr std::size_t kWidths[] = {0, 1, 1, 2, 4, 8, 4, 8, 8, 0, 0, 0, 0, 0, 4, 8, 16, 2};
  return type < std::size(kWidths) ? kWidths[type] : 0;
}

std::string bytes_of(const std::string& value, std::size_t width) {
  std::string out;
  if (value.starts_with("u:")) {
    for (const char c : value.substr(2) + '\0') {
      out += c;
      out += '\0';
    }
  } else if (value.starts_with("x:")) {
    for (std::size_t i = 2; i + 1 < value.size(); i += 2) {
      out += static_cast<char>(hex_digit(value[i]) << 4 | hex_digit(value[i + 1]));
    }
  } else if (value.starts_with("@")) {
    put(out, std::stod(value.substr(1)) / 86'400 + 25'569);
  } else {
    const std::int64_t number = std::stoll(value);
    put(out, number);
    out.resize(width == 0 ? out.size() : width);
  }
  return out;
}

class Builder {
 public:
  explicit Builder(std::size_t page_size) : page_size_(page_size), large_(page_size >= 16384) {
    constexpr std::uint32_t kFirstTable = 5;  // behind the catalog's page
    next_ = kFirstTable;
  }

  std::string build(const std::vector<Table>& tables) {
    Table catalog{
        "MSysObjects", {{1, 4, ""}, {2, 3, ""}, {3, 4, ""}, {4, 4, ""}, {128, 10, ""}}, {}};
    unsigned object = 10;
    for (const Table& table : tables) {
      const std::string number = std::to_string(++object);
      const std::uint32_t root = add_table(table, next_++);
      catalog.rows.push_back({{number, "1", number, std::to_string(root), named(table.name)}});
      for (const Column& column : table.columns) {
        catalog.rows.push_back({{number, "2", std::to_string(column.id),
                                 std::to_string(column.type), named(column.name)}});
      }
    }
    constexpr std::uint32_t kCatalogRoot = 4;
    add_table(catalog, kCatalogRoot);
    std::string out = header() + header();
    for (std::uint32_t i = 1; i < next_; ++i) {
      out += pages_.contains(i) ? pages_[i] : std::string(page_size_, '\0');
    }
    return out;
  }

 private:
  static std::string named(const std::string& name) {
    std::string out = "x:";
    for (const char c : name) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return out;
  }

  std::string header() const {
    std::string out(page_size_, '\0');
    put_at(out, 4, std::uint32_t{0x89abcdef});
    put_at(out, 8, std::uint32_t{0x620});
    put_at(out, 52, std::uint32_t{2});  // in use
    put_at(out, 232, std::uint32_t{0x14});
    put_at(out, 236, static_cast<std::uint32_t>(page_size_));
    return out;
  }

  std::string record(const Table& table, const Row& row) const {
    std::string fixed;
    std::string nulls;
    std::string ends;
    std::string variable;
    std::string directory;
    std::string tagged;
    std::size_t tags = 0;
    unsigned last_fixed = 0;
    unsigned last_variable = 127;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i].id >= 256 && row.values[i] != "-") ++tags;
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const Column& column = table.columns[i];
      const bool null = row.values[i] == "-";
      const std::size_t width = width_of(column.type);
      const std::string bytes = null ? std::string(width, '\0') : bytes_of(row.values[i], width);
      if (column.id < 128) {
        fixed += bytes;
        last_fixed = column.id;
        nulls.resize((column.id + 7) / 8);
        if (null) nulls[(column.id - 1) / 8] |= static_cast<char>(1 << (column.id - 1) % 8);
      } else if (column.id < 256) {
        variable += bytes;
        last_variable = column.id;
        put(ends, static_cast<std::uint16_t>(variable.size() | (null ? 0x8000 : 0)));
      } else if (!null) {
        put(directory, static_cast<std::uint16_t>(column.id));
        const std::size_t at = tags * 4 + tagged.size();
        put(directory, static_cast<std::uint16_t>(at | (large_ ? 0 : 0x4000)));
        tagged += '\x01';
        tagged += bytes;
      }
    }
    std::string out;
    put(out, static_cast<std::uint8_t>(last_fixed));
    put(out, static_cast<std::uint8_t>(last_variable));
    put(out, static_cast<std::uint16_t>(4 + fixed.size() + nulls.size()));
    return out + fixed + nulls + ends + variable + directory + tagged;
  }

  struct Value {
    std::string bytes;  // the key's size first
    unsigned flags = 0;
  };
  static Value keyed(std::uint32_t key, const std::string& content, bool prefix, bool deleted) {
    Value out;
    if (prefix) put(out.bytes, std::uint16_t{1});
    put(out.bytes, std::uint16_t{4});
    put(out.bytes, key);
    out.bytes += content;
    out.flags = (prefix ? 4U : 0U) | (deleted ? 2U : 0U);
    return out;
  }

  std::string page(std::uint32_t flags, const std::vector<Value>& values) const {
    std::string out(page_size_, '\0');
    const std::size_t start = large_ ? 80 : 40;
    std::string body(16, '\0');  // what belongs to the page itself
    put_at(out, page_size_ - 4, std::uint16_t{16});
    std::size_t tag = 1;
    for (const Value& value : values) {
      ++tag;
      auto offset = static_cast<std::uint16_t>(body.size());
      std::string bytes = value.bytes;
      if (large_) {
        bytes[1] = static_cast<char>(bytes[1] | static_cast<char>(value.flags << 5));
      } else {
        offset = static_cast<std::uint16_t>(offset | value.flags << 13);
      }
      put_at(out, page_size_ - tag * 4, static_cast<std::uint16_t>(bytes.size()));
      put_at(out, page_size_ - tag * 4 + 2, offset);
      body += bytes;
    }
    std::memcpy(out.data() + start, body.data(), body.size());
    put_at(out, 34, static_cast<std::uint16_t>(tag));
    put_at(out, 36, flags);
    return out;
  }

  std::uint32_t add_table(const Table& table, std::uint32_t root) {
    constexpr std::size_t kRowsInPage = 3;
    std::vector<Value> children;
    std::uint32_t key = 0;
    for (std::size_t at = 0; at < table.rows.size(); at += kRowsInPage) {
      std::vector<Value> values;
      for (std::size_t i = at; i < std::min(at + kRowsInPage, table.rows.size()); ++i) {
        ++key;
        values.push_back(
            keyed(key, record(table, table.rows[i]), key % 2 == 0, table.rows[i].deleted));
      }
      std::string child;
      put(child, next_);
      children.push_back(keyed(key, child, false, false));
      pages_[next_++] = page(0x2, values);
    }
    pages_[root] = page(0x1 | 0x4, children);
    return root;
  }

  const std::size_t page_size_;
  const bool large_;
  std::uint32_t next_ = 0;
  std::map<std::uint32_t, std::string> pages_;
};

}  // namespace

Result<std::string> build_ese_database(std::string_view text) {
  std::size_t page_size = 4096;
  std::vector<Table> tables;
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line);
    std::string word;
    if (!(words >> word) || word.starts_with('#')) continue;
    const auto wrong = [&] {
      return fail(ErrorCode::kInvalidArgument, "line " + std::to_string(number) + ": " + line);
    };
    if (word == "pages") {
      words >> page_size;
      continue;
    }
    if (word == "table") {
      words >> tables.emplace_back().name;
      continue;
    }
    if (tables.empty()) return wrong();
    Table& table = tables.back();
    if (word == "column") {
      Column& column = table.columns.emplace_back();
      if (!(words >> column.id >> column.type >> column.name)) return wrong();
    } else if (word == "row" || word == "deleted") {
      Row& row = table.rows.emplace_back();
      row.deleted = word == "deleted";
      for (std::string value; words >> value;) row.values.push_back(value);
      if (row.values.size() != table.columns.size()) return wrong();
    } else {
      return wrong();
    }
  }
  return Builder(page_size).build(tables);
}

}  // namespace konseki::testing
