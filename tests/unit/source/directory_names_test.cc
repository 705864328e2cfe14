#include <gtest/gtest.h>

#include <cstring>

#include "agent/base/memory_reader.h"
#include "agent/source/directory/collected_name.h"
#include "agent/source/directory/layered_tree.h"
#include "agent/source/directory/sparse_map.h"
#include "tests/support/memory_file_system.h"
#include "tests/unit/source/temporary_tree.h"

namespace konseki {
namespace {

using ::konseki::testing::content_of;
using ::konseki::testing::MemoryFileSystem;
using ::konseki::testing::walk_all;

std::unique_ptr<ByteReader> reader_of(std::string_view text) {
  std::vector<std::byte> bytes(text.size());
  if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
  return std::make_unique<MemoryReader>(std::move(bytes));
}

TEST(CollectedName, UndoesEscapes) {
  EXPECT_EQ(percent_decoded("C%3A"), "C:");
  EXPECT_EQ(percent_decoded("%E7%97%95"), "痕");
  EXPECT_EQ(percent_decoded("100%"), "100%");
  EXPECT_EQ(percent_decoded("a%zzb%4"), "a%zzb%4");
  for (const char* name : {"a%2Fb", "%2E%2E", "%2e", "%00", ""}) {
    EXPECT_FALSE(percent_decoded(name)) << name;
  }
}

TEST(CollectedName, TellsStreams) {
  const auto zone = collected_stream("Users", "a.txt:Zone.Identifier:$DATA");
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->file, "a.txt");
  EXPECT_EQ(zone->stream, "Zone.Identifier");
  EXPECT_EQ(collected_stream("$EXTEND", "$j")->file, "$UsnJrnl");
  EXPECT_FALSE(collected_stream("Users", "$J"));
  EXPECT_FALSE(collected_stream("", ":x"));
  EXPECT_FALSE(collected_stream("", "a:"));
}

TEST(CollectedName, TellsDrives) {
  for (const char* name : {"C", "c", "C:", "c%3A", "%5C%5C.%5CC%3A", "%5c%5c%3f%5CC%3A"}) {
    EXPECT_EQ(drive_letter(name), 'C') << name;
  }
  for (const char* name : {"CC", "C;", "1", "%5C%5C.%5CCD", "", ":"}) {
    EXPECT_FALSE(drive_letter(name)) << name;
  }
}

TEST(SparseMap, ReadsBothSpellings) {
  const auto snake = read_sparse_map(*reader_of(
      R"({"ranges":[{"file_offset":0,"original_offset":4,"file_length":2,"length":2}]})"));
  const auto camel = read_sparse_map(*reader_of(
      R"({"ranges":[{"fileOffset":"0","originalOffset":"4","fileLength":"2","length":"2"}]})"));
  ASSERT_TRUE(snake);
  ASSERT_TRUE(camel);
  EXPECT_EQ(original_size(*snake), 6u);
  EXPECT_EQ(original_size(*camel), 6u);
  auto reader = make_sparse_reader(reader_of("AB"), *camel);
  std::vector<std::byte> bytes = *read_all(*reader, 100);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(bytes.data()), bytes.size()),
            std::string("\0\0\0\0AB", 6));
}

TEST(SparseMap, RefusesNonsense) {
  for (const char* text :
       {"", "[]", "{}", R"({"ranges":3})", R"({"ranges":[1]})", R"({"ranges":[{"length":-1}]})",
        R"({"ranges":[{"original_offset":"x"}]})",
        R"({"ranges":[{"original_offset":18446744073709551615,"length":18446744073709551615}]})",
        R"({"ranges":[{"original_offset":5,"length":5},{"original_offset":9,"length":1}]})"}) {
    const auto runs = read_sparse_map(*reader_of(text));
    ASSERT_FALSE(runs) << text;
    EXPECT_EQ(runs.error().code, ErrorCode::kCorrupt) << text;
  }
}

TEST(SparseMap, EndsWhereTheStoredFileEnds) {
  auto reader = make_sparse_reader(reader_of("AB"), {{0, 8, 0, 8}, {8, 4, 0, 0}});
  std::array<std::byte, 16> buffer;
  EXPECT_EQ(*reader->read_at(0, buffer), 2u);
}

TEST(LayeredTree, KeepsBothOfTwoNamesThatDecodeToOne) {
  auto memory = std::make_shared<MemoryFileSystem>();
  memory->add_file("u/a%2Etxt", "escaped");
  memory->add_file("u/a.txt", "plain");
  LayeredTree tree(memory, {}, {.layers = {"u"}, .percent_names = true, .hidden = {}});
  const auto seen = walk_all(tree);
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_EQ(content_of(tree, "a.txt").size() + content_of(tree, "a%2Etxt").size() +
                (seen.contains("a%2Etxt") ? 0 : 100),
            std::string("escapedplain").size());
}

TEST(LayeredTree, JoinsLayersOfAnyCase) {
  auto memory = std::make_shared<MemoryFileSystem>();
  memory->add_file("one/Users/A/x", "1");
  memory->add_file("two/users/a/X", "2");
  memory->add_file("two/users/b/y", "3");
  VolumeInfo info;
  info.style = PathStyle::kWindows;
  LayeredTree tree(memory, info, {.layers = {"one", "two", "absent"}, .hidden = {}});
  const auto seen = walk_all(tree);
  EXPECT_EQ(seen.size(), 5u);
  EXPECT_EQ(content_of(tree, "USERS/a/x"), "1");
  EXPECT_EQ(content_of(tree, "USERS/B/y"), "3");
}

}  // namespace
}  // namespace konseki
