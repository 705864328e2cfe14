#include <gtest/gtest.h>

#include "agent/base/memory_reader.h"
#include "collectors/windows/ese/ese_compression.h"
#include "collectors/windows/ese/ese_database.h"
#include "collectors/windows/ese/ese_logs.h"
#include "tests/support/corpora.h"
#include "tests/support/ese_text.h"
#include "tests/support/golden.h"

namespace konseki::windows {
namespace {

using testing::build_ese_database;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

// Everything that a database says, read through every function.
std::size_t read_whole(const std::string& content) {
  SpanReader reader(bytes_of(content));
  auto database = EseDatabase::open(reader);
  if (!database) return 0;
  std::size_t cells = 0;
  for (const EseTable& table : database->tables()) {
    (void)database->each_row(table, [&](const EseRow& row) {
      for (const EseColumn& column : table.columns) {
        if (row.bytes(&column)) ++cells;
        (void)row.text(&column);
        (void)row.filetime(&column);
        (void)row.integer(&column);
        (void)row.time(&column);
      }
    });
  }
  return cells;
}

std::string packed_text(int i) { return std::string(static_cast<std::size_t>(i), 'p') + "."; }
std::string long_text(int i) { return std::string(static_cast<std::size_t>(i) * 20, 'x') + "end"; }

std::string sample(int page_size) {
  std::string text = "pages " + std::to_string(page_size) +
                     "\ntable SruDbIdMapTable\ncolumn 1 2 IdType\ncolumn 2 4 IdIndex\n"
                     "column 128 10 Between\ncolumn 129 10 Other\ncolumn 256 11 IdBlob\n"
                     "column 300 11 More\ncolumn 301 12 Packed\ncolumn 302 12 Apart\n";
  for (int i = 0; i < 20; ++i) {
    text += "row 0 " + std::to_string(i) + " x:4142 " + (i % 2 == 0 ? "-" : "x:43") + " u:name" +
            std::to_string(i) + " x:ff 7:" + packed_text(i) + " l:" + long_text(i) + "\n";
  }
  return *build_ese_database(text);
}

TEST(EseDatabase, ReadsFixedVariableAndTaggedColumns) {
  for (const int page_size : {4096, 8192, 16384, 32768}) {
    const std::string content = sample(page_size);
    SpanReader reader(bytes_of(content));
    auto database = EseDatabase::open(reader);
    ASSERT_TRUE(database) << database.error().detail;
    EXPECT_TRUE(database->dirty());
    const EseTable* table = database->table("SruDbIdMapTable");
    ASSERT_NE(table, nullptr);
    std::int64_t count = 0;
    const auto read = database->each_row(*table, [&](const EseRow& row) {
      EXPECT_EQ(row.integer(table->column("IdIndex")), count);
      EXPECT_EQ(row.bytes(table->column("Between"))->size(), 2U);
      EXPECT_EQ(row.bytes(table->column("Other")).has_value(), count % 2 != 0);
      const std::size_t length = 2 * (6 + (count > 9 ? 1 : 0));
      EXPECT_EQ(row.bytes(table->column("IdBlob"))->size(), length) << count;
      EXPECT_EQ(row.bytes(table->column("More"))->size(), 1U);
      EXPECT_FALSE(row.bytes(table->column("Packed")));
      EXPECT_EQ(row.text(table->column("Packed")), packed_text(static_cast<int>(count)));
      EXPECT_FALSE(row.bytes(table->column("Apart")));
      EXPECT_EQ(row.text(table->column("Apart")), long_text(static_cast<int>(count)));
      EXPECT_FALSE(row.integer(table->column("Absent")));
      ++count;
    });
    EXPECT_TRUE(read) << read.error().detail;
    EXPECT_EQ(count, 20);
    EXPECT_EQ(database->unread_values(), 0U);
  }
}

TEST(EseDatabase, SaysWhetherItWasClosed) {
  const std::string content = *build_ese_database("clean\ntable A\ncolumn 1 4 B\n");
  SpanReader reader(bytes_of(content));
  const auto database = EseDatabase::open(reader);
  ASSERT_TRUE(database) << database.error().detail;
  EXPECT_FALSE(database->dirty());
}

TEST(EseLogs, SayWhichAreNeededAndWhichAreThere) {
  for (const char* name : {"SRU.log", "V0100001.log", "v010000000a.LOG", "edb00012.log"}) {
    EXPECT_TRUE(is_ese_log(name)) << name;
  }
  for (const char* name :
       {"V01tmp.log", "SRUres00001.jrs", "a.log", "setupapi.log", "SRU123.log"}) {
    EXPECT_FALSE(is_ese_log(name)) << name;
  }
  const auto text_of = [](const Record& record, std::string_view field) {
    return std::get<std::string>(record.get(field));
  };
  const std::string content = *build_ese_database("logs 26 28\ntable A\ncolumn 1 4 B\n");
  const auto header = read_ese_header(bytes_of(content));
  ASSERT_TRUE(header);
  const Record some =
      ese_logs_record(*header, {{"SRU.log", 7}, {"SRU0001A.log", 5}, {"SRU00019.log", 3}});
  EXPECT_EQ(text_of(some, "needed"), "0001A to 0001C");
  EXPECT_EQ(std::get<std::uint64_t>(some.get("missing")), 1U);  // 0001B
  EXPECT_EQ(std::get<std::vector<std::string>>(some.get("logs")),
            (std::vector<std::string>{"SRU.log", "SRU00019.log", "SRU0001A.log"}));
  EXPECT_EQ(std::get<std::uint64_t>(some.get("size")), 15U);
  EXPECT_EQ(std::get<std::uint64_t>(ese_logs_record(*header, {}).get("missing")), 3U);
  const std::string unnamed = *build_ese_database("table A\ncolumn 1 4 B\n");
  const Record none = ese_logs_record(*read_ese_header(bytes_of(unnamed)), {});
  EXPECT_TRUE(std::holds_alternative<std::monostate>(none.get("needed")));
  EXPECT_FALSE(read_ese_header(bytes_of(unnamed).first(303)));
}

// A value whose last piece is gone answers nothing, and is counted.
TEST(EseDatabase, LongValuesThatAreNotWholeAreCounted) {
  std::string content = sample(4096);
  const std::string end = std::string("e\0n\0d\0", 6);
  const std::size_t at = content.rfind(end);
  ASSERT_NE(at, std::string::npos);
  const std::size_t page = at / 4096 * 4096;
  content[page + 34] = 2;  // one value less in that page
  SpanReader reader(bytes_of(content));
  auto database = EseDatabase::open(reader);
  ASSERT_TRUE(database);
  const EseTable* table = database->table("SruDbIdMapTable");
  std::size_t whole = 0;
  (void)database->each_row(*table, [&](const EseRow& row) {
    if (!row.text(table->column("Apart")).empty()) ++whole;
  });
  EXPECT_GT(database->unread_values(), 0U);
  EXPECT_EQ(whole + database->unread_values(), 20U);
}

std::string expanded(const std::string& packed, std::size_t size) {
  const auto out = xpress_expand(bytes_of(packed), size);
  if (!out) return out.error().detail;
  return std::string(reinterpret_cast<const char*>(out->data()), out->size());
}

// The examples of [MS-XCA] 3.1.
TEST(EseCompression, ExpandsLz77) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz";
  EXPECT_EQ(expanded(std::string("\x3f\0\0\0", 4) + letters, 26), letters);
  const std::string packed("\xff\xff\xff\x1f\x61\x62\x63\x17\0\x0f\xff\x26\x01", 13);
  std::string abc;
  for (int i = 0; i < 100; ++i) abc += "abc";
  EXPECT_EQ(expanded(packed, 300), abc);
  const std::string value = std::string("\x18\x2c\x01", 3) + packed;
  const auto whole = ese_expand(bytes_of(value), 300);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->size(), 300U);
  EXPECT_FALSE(ese_expand(bytes_of(value), 299));
  for (std::size_t cut = 0; cut < packed.size(); ++cut) {
    EXPECT_EQ(expanded(packed.substr(0, cut), 300), "compressed data ends early") << cut;
  }
  EXPECT_EQ(expanded(std::string("\xff\xff\xff\xff\x08\0", 6), 9), "match before the start");
}

TEST(EseCompression, ExpandsSevenBits) {
  // Eight characters fill seven bytes.
  const std::string ascii("\x0f\x61\xf1\x98\x5c\x36\x9f\xd1", 8);
  const auto out = ese_expand(bytes_of(ascii), 8);
  ASSERT_TRUE(out);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(out->data()), out->size()), "abcdefgh");
  EXPECT_FALSE(ese_expand(bytes_of(ascii), 7));
  EXPECT_FALSE(ese_expand(bytes_of(std::string("\x28\x01", 2)), 100));  // XPRESS9
}

// Changed bytes end in fewer cells or an error, never outside of the file or without an end.
TEST(EseDatabase, DamageIsBounded) {
  const std::string whole = sample(4096);
  std::uint32_t state = 7;
  const auto random = [&](std::size_t most) {
    state = state * 1664525 + 1013904223;
    return static_cast<std::size_t>(state >> 8) % most;
  };
  for (int i = 0; i < 3000; ++i) {
    std::string changed = whole;
    for (std::size_t n = 1 + random(8); n > 0; --n) {
      changed[random(changed.size())] = static_cast<char>(random(256));
    }
    if (i % 5 == 0) changed.resize(random(changed.size()));
    EXPECT_LT(read_whole(changed), 100'000U);
  }
}

// A page that is its own child.
TEST(EseDatabase, LoopsEnd) {
  std::string content = sample(4096);
  // Page 5 is the root of the first table; its first child's number ends the first value.
  const std::size_t root = 6 * 4096;
  content[root + 40 + 16 + 6] = 5;
  SpanReader reader(bytes_of(content));
  auto database = EseDatabase::open(reader);
  ASSERT_TRUE(database);
  std::size_t count = 0;
  const auto read =
      database->each_row(*database->table("SruDbIdMapTable"), [&](const EseRow&) { ++count; });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().detail, "page 5 does not belong here");
  EXPECT_EQ(count, 17U);
}

// The counts are those of libesedb's esedbexport.
TEST(EseDatabase, ReadsARealDatabaseAsLibesedbDoes) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  const std::string content = testing::read_text_file(
      corpora + "/windows-artifacts/Velocidex__go-ese/testdata/SRUM/SRUDB.dat");
  SpanReader reader(bytes_of(content));
  auto database = EseDatabase::open(reader);
  ASSERT_TRUE(database) << database.error().detail;
  const std::pair<const char*, int> expected[] = {{"MSysObjects", 241},
                                                  {"MSysObjids", 34},
                                                  {"SruDbIdMapTable", 1141},
                                                  {"SruDbCheckpointTable", 0},
                                                  {"{5C8CF1C7-7257-4F13-B223-970EF5939312}", 4038},
                                                  {"{7ACBBAA3-D029-4BE4-9A7A-0885927F1D8F}", 44},
                                                  {"{973F5D5C-1D90-4944-BE8E-24B94231A174}", 255},
                                                  {"{D10CA2FE-6FCF-4F6D-848E-B2E99266FA89}", 1778},
                                                  {"{DD6636C4-8929-4683-974E-22C046A43763}", 17},
                                                  {"{FEE4E14F-02A9-4550-B5CE-5FA2DA202E37}", 0},
                                                  {"{FEE4E14F-02A9-4550-B5CE-5FA2DA202E37}LT", 1}};
  for (const auto& [name, rows] : expected) {
    const EseTable* table = database->table(name);
    ASSERT_NE(table, nullptr) << name;
    int count = 0;
    EXPECT_TRUE(database->each_row(*table, [&](const EseRow&) { ++count; })) << name;
    EXPECT_EQ(count, rows) << name;
  }
}

}  // namespace
}  // namespace konseki::windows
