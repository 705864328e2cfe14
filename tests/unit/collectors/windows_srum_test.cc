#include <gtest/gtest.h>

#include "agent/base/memory_reader.h"
#include "collectors/windows/srum/ese_database.h"
#include "collectors/windows/srum/srum_names.h"
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
  SrumNames names;
  (void)names.read(*database);
  std::size_t cells = 0;
  for (const EseTable& table : database->tables()) {
    (void)database->each_row(table, [&](const EseRow& row) {
      for (const EseColumn& column : table.columns) {
        if (row.bytes(&column)) ++cells;
        (void)row.integer(&column);
        (void)row.time(&column);
      }
    });
  }
  return cells;
}

std::string sample(int page_size) {
  std::string text = "pages " + std::to_string(page_size) +
                     "\ntable SruDbIdMapTable\ncolumn 1 2 IdType\ncolumn 2 4 IdIndex\n"
                     "column 128 10 Between\ncolumn 129 10 Other\ncolumn 256 11 IdBlob\n"
                     "column 300 11 More\n";
  for (int i = 0; i < 20; ++i) {
    text += "row 0 " + std::to_string(i) + " x:4142 " + (i % 2 == 0 ? "-" : "x:43") + " u:name" +
            std::to_string(i) + " x:ff\n";
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
      EXPECT_FALSE(row.integer(table->column("Absent")));
      ++count;
    });
    EXPECT_TRUE(read) << read.error().detail;
    EXPECT_EQ(count, 20);
  }
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

TEST(SrumNames, WritesSids) {
  const std::string local_service("\x01\x01\0\0\0\0\0\x05\x13\0\0\0", 12);
  EXPECT_EQ(sid_text(bytes_of(local_service)), "S-1-5-19");
  EXPECT_EQ(sid_text(bytes_of(local_service.substr(0, 11))), "");
  EXPECT_EQ(sid_text({}), "");
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
