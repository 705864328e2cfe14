#include "tests/support/ese_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <map>
#include <sstream>
#include <vector>

#include "agent/base/hex.h"
#include "agent/base/percent_encoding.h"
#include "agent/base/unicode.h"

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

std::string utf16(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t point = next_code_point(text, at);
    if (point >= 0x10000) {
      put(out, static_cast<std::uint16_t>(0xd800 + ((point - 0x10000) >> 10)));
      put(out, static_cast<std::uint16_t>(0xdc00 + ((point - 0x10000) & 0x3ff)));
    } else {
      put(out, static_cast<std::uint16_t>(point));
    }
  }
  return out;
}

std::string big_endian(std::uint32_t value) {
  std::string out;
  put(out, value);
  std::reverse(out.begin(), out.end());
  return out;
}

// ASCII to seven bits a character; it expands to UTF-16.
std::string seven_bits(std::string_view text) {
  std::string out(1, '\0');
  std::uint32_t window = 0;
  unsigned have = 0;
  for (const char c : text) {
    window |= static_cast<std::uint32_t>(c & 0x7f) << have;
    have += 7;
    if (have < 8) continue;
    out += static_cast<char>(window);
    window >>= 8;
    have -= 8;
  }
  if (have > 0) out += static_cast<char>(window);
  out[0] = static_cast<char>(2 << 3 | (have == 0 ? 7 : have - 1));
  return out;
}

std::string bytes_of(const std::string& value, std::size_t width) {
  std::string out;
  if (value.starts_with("u:")) {
    out = utf16(value.substr(2) + '\0');
  } else if (value.starts_with("p:")) {
    out = utf16(url_decoded(value.substr(2)) + '\0');
  } else if (value.starts_with("x:")) {
    for (std::size_t i = 2; i + 1 < value.size(); i += 2) {
      out += static_cast<char>(hex_digit(value[i]) << 4 | hex_digit(value[i + 1]));
    }
  } else if (value.starts_with("@")) {
    put(out, std::stod(value.substr(1)) / 86'400 + 25'569);
  } else if (value.starts_with("f@")) {
    put(out, (std::stoll(value.substr(2)) + 11'644'473'600) * 10'000'000);
  } else {
    const std::int64_t number = std::stoll(value);
    put(out, number);
    out.resize(width == 0 ? out.size() : width);
  }
  return out;
}

class Builder {
 public:
  struct Header {
    std::size_t page_size = 4096;
    bool clean = false;
    std::uint32_t first_log = 0;
    std::uint32_t last_log = 0;
  };
  explicit Builder(const Header& header)
      : header_(header), page_size_(header.page_size), large_(header.page_size >= 16384) {
    constexpr std::uint32_t kFirstTable = 5;  // behind the catalog's page
    next_ = kFirstTable;
  }

  std::string build(const std::vector<Table>& tables) {
    Table catalog{"MSysObjects",
                  {{1, 4, ""},
                   {2, 3, ""},
                   {3, 4, ""},
                   {4, 4, ""},
                   {5, 4, ""},
                   {6, 4, ""},
                   {7, 4, ""},
                   {128, 10, ""}},
                  {}};
    unsigned object = 10;
    for (const Table& table : tables) {
      const std::string number = std::to_string(++object);
      std::vector<std::string> apart;
      const std::uint32_t root = add_table(table, next_++, apart);
      const auto add = [&](const char* kind, unsigned id, unsigned value, const char* locale,
                           const std::string& name) {
        catalog.rows.push_back({{number, kind, std::to_string(id), std::to_string(value), "-", "-",
                                 locale, named(name)}});
      };
      add("1", object, root, "-", table.name);
      for (const Column& column : table.columns) {
        const bool text = column.type == 10 || column.type == 12;
        add("2", column.id, column.type, text ? "1200" : "-", column.name);
      }
      if (!apart.empty()) add("4", object, add_long_values(apart), "-", "LV");
    }
    constexpr std::uint32_t kCatalogRoot = 4;
    std::vector<std::string> none;
    add_table(catalog, kCatalogRoot, none);
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
    put_at(out, 52, std::uint32_t{header_.clean ? 3U : 2U});
    put_at(out, 232, std::uint32_t{0x14});
    put_at(out, 236, static_cast<std::uint32_t>(page_size_));
    put_at(out, 296, header_.first_log);
    put_at(out, 300, header_.last_log);
    return out;
  }

  // What lies apart goes into `apart`; its id is its place there, from 1.
  std::string record(const Table& table, const Row& row, std::vector<std::string>& apart) const {
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
      const std::string& value = row.values[i];
      const bool packed = value.starts_with("7:");
      const bool elsewhere = value.starts_with("l:");
      std::string bytes;
      if (null) {
        bytes.resize(width);
      } else if (packed) {
        bytes = seven_bits(url_decoded(value.substr(2)));
      } else if (elsewhere) {
        apart.push_back(utf16(url_decoded(value.substr(2)) + '\0'));
        put(bytes, static_cast<std::uint32_t>(apart.size()));
      } else {
        bytes = bytes_of(value, width);
      }
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
        tagged += static_cast<char>(1 | (packed ? 2 : 0) | (elsewhere ? 4 : 0));
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
  // A node of which the first `shared` bytes of the key stand in the page's own value.
  static Value node(std::string_view key, std::size_t shared, const std::string& content) {
    Value out;
    if (shared > 0) put(out.bytes, static_cast<std::uint16_t>(shared));
    put(out.bytes, static_cast<std::uint16_t>(key.size() - shared));
    out.bytes += key.substr(shared);
    out.bytes += content;
    out.flags = shared > 0 ? 4 : 0;
    return out;
  }
  static Value keyed(std::uint32_t key, const std::string& content, bool prefix, bool deleted) {
    Value out;
    if (prefix) put(out.bytes, std::uint16_t{1});
    put(out.bytes, std::uint16_t{4});
    put(out.bytes, key);
    out.bytes += content;
    out.flags = (prefix ? 4U : 0U) | (deleted ? 2U : 0U);
    return out;
  }

  // `own`: the value that belongs to the page itself.
  std::string page(std::uint32_t flags, const std::vector<Value>& values,
                   const std::string& own = std::string(16, '\0')) const {
    std::string out(page_size_, '\0');
    const std::size_t start = large_ ? 80 : 40;
    std::string body = own;
    put_at(out, page_size_ - 4, static_cast<std::uint16_t>(own.size()));
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

  // Every second piece is compressed.
  std::uint32_t add_long_values(const std::vector<std::string>& apart) {
    constexpr std::size_t kPiece = 64;
    std::vector<std::pair<std::string, std::string>> nodes;  // key, content
    for (std::size_t i = 0; i < apart.size(); ++i) {
      const std::string id = big_endian(static_cast<std::uint32_t>(i + 1));
      std::string head;
      put(head, std::uint32_t{1});
      put(head, static_cast<std::uint32_t>(apart[i].size()));
      nodes.emplace_back(id, head);
      for (std::size_t at = 0; at < apart[i].size(); at += kPiece) {
        std::string piece = apart[i].substr(at, kPiece);
        if (at / kPiece % 2 == 1) {
          std::string ascii;
          for (std::size_t c = 0; c < piece.size(); c += 2) ascii += piece[c];
          piece = seven_bits(ascii);
        }
        nodes.emplace_back(id + big_endian(static_cast<std::uint32_t>(at)), piece);
      }
    }
    constexpr std::uint32_t kLongValue = 0x80;
    const std::uint32_t root = next_++;
    std::vector<Value> children;
    for (std::size_t at = 0; at < nodes.size(); at += kInPage) {
      const std::size_t end = std::min(at + kInPage, nodes.size());
      const std::string& common = nodes[at].first;
      std::vector<Value> values;
      for (std::size_t i = at; i < end; ++i) {
        const std::string& key = nodes[i].first;
        const auto differs = std::mismatch(key.begin(), key.end(), common.begin(), common.end());
        const auto shared = static_cast<std::size_t>(differs.first - key.begin());
        values.push_back(node(key, i % 2 == 0 ? shared : 0, nodes[i].second));
      }
      std::string child;
      put(child, next_);
      const bool last = end == nodes.size();
      children.push_back(node(last ? std::string() : nodes[end - 1].first, 0, child));
      pages_[next_++] = page(0x2 | kLongValue, values, common);
    }
    pages_[root] = page(0x1 | 0x4 | kLongValue, children);
    return root;
  }

  std::uint32_t add_table(const Table& table, std::uint32_t root, std::vector<std::string>& apart) {
    std::vector<Value> children;
    std::uint32_t key = 0;
    for (std::size_t at = 0; at < table.rows.size(); at += kInPage) {
      std::vector<Value> values;
      for (std::size_t i = at; i < std::min(at + kInPage, table.rows.size()); ++i) {
        ++key;
        values.push_back(
            keyed(key, record(table, table.rows[i], apart), key % 2 == 0, table.rows[i].deleted));
      }
      std::string child;
      put(child, next_);
      children.push_back(keyed(key, child, false, false));
      pages_[next_++] = page(0x2, values);
    }
    pages_[root] = page(0x1 | 0x4, children);
    return root;
  }

  static constexpr std::size_t kInPage = 3;  // rows, or nodes of a long value

  const Header header_;
  const std::size_t page_size_;
  const bool large_;
  std::uint32_t next_ = 0;
  std::map<std::uint32_t, std::string> pages_;
};

}  // namespace

Result<std::string> build_ese_database(std::string_view text) {
  Builder::Header header;
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
      words >> header.page_size;
      continue;
    }
    if (word == "clean") {
      header.clean = true;
      continue;
    }
    if (word == "logs") {
      if (!(words >> header.first_log >> header.last_log)) return wrong();
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
  return Builder(header).build(tables);
}

}  // namespace konseki::testing
