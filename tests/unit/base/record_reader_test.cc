#include "agent/base/record_reader.h"

#include <gtest/gtest.h>

#include <array>

#include "agent/base/record_json.h"

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"yes", FieldType::kBool, ""},
    {"less", FieldType::kInt, ""},
    {"more", FieldType::kUint, ""},
    {"ratio", FieldType::kDouble, ""},
    {"text", FieldType::kText, ""},
    {"bytes", FieldType::kBytes, ""},
    {"when", FieldType::kTime, "", "Seen"},
    {"list", FieldType::kTextList, ""},
});
constexpr RecordSchema kSchema{"test.all", "every type", kFields};

Record full_record() {
  Record record(kSchema);
  record.set("yes", true);
  record.set("less", std::int64_t{-7});
  record.set("more", std::uint64_t{18446744073709551615U});
  record.set("ratio", 0.5);
  record.set("text", std::string("a\"b\n日本"));
  record.set("bytes", Bytes{std::byte{0}, std::byte{0xff}});
  record.set("when", Timestamp{1'700'000'000, 123});
  record.set("list", std::vector<std::string>{"x", ""});
  record.status = ParseStatus::kPartial;
  record.note = "cut";
  record.source = {"e", "C:", "s", "C:/x", "y", {"m", "n"}, ByteRange{3, 4}};
  return record;
}

TEST(RecordReader, GivesBackWhatWasWritten) {
  RecordReader reader("test.all", &kSchema);
  const std::string line = record_json(full_record());
  const auto record = reader.read(line);
  ASSERT_TRUE(record);
  EXPECT_EQ(record_json(*record), line);
  EXPECT_EQ(record->source, full_record().source);
  EXPECT_EQ(reader.unknown_fields(), 0U);
}

TEST(RecordReader, MakesASchemaOfRowsItDoesNotKnow) {
  RecordReader reader("test.new", nullptr);
  const auto first =
      reader.read(R"({"schema":"test.new","a":"text","n":5,"source":{"path":"/x"}})");
  const auto second = reader.read(
      R"({"schema":"test.new","b":"2026-01-02T03:04:05.000000000Z","l":["p"],"a":"again"})");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(std::get<std::string>(first->get("a")), "text");
  EXPECT_EQ(std::get<std::uint64_t>(first->get("n")), 5U);
  EXPECT_EQ(first->source.path, "/x");
  EXPECT_EQ(std::get<Timestamp>(second->get("b")).seconds, 1'767'323'045);
  EXPECT_EQ(std::get<std::string>(second->get("a")), "again");
  EXPECT_EQ(second->schema().name, "test.new");
  EXPECT_EQ(reader.unknown_fields(), 4U);
}

TEST(RecordReader, KeepsAValueThatContradictsItsTypeAsText) {
  RecordReader reader("test.all", &kSchema);
  const auto record = reader.read(R"({"more":"many","when":"yesterday","bytes":"zz","extra":1})");
  ASSERT_TRUE(record);
  EXPECT_EQ(std::get<std::string>(record->get("more")), "many");
  EXPECT_EQ(std::get<std::string>(record->get("when")), "yesterday");
  EXPECT_EQ(std::get<std::string>(record->get("bytes")), "zz");
  EXPECT_EQ(std::get<std::uint64_t>(record->get("extra")), 1U);
}

TEST(RecordReader, BoundsHostileRowsAndRefusesWhatIsNoJson) {
  RecordReader reader("test.wide", nullptr);
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(reader.read("{\"f" + std::to_string(i) + "\":1}"));
  }
  EXPECT_EQ(reader.unknown_fields(), RecordReader::kMostUnknownFields);
  EXPECT_FALSE(reader.read("nothing"));
  EXPECT_FALSE(reader.read("[1]"));
  EXPECT_FALSE(reader.read(R"({"a":1,)"));
}

}  // namespace
}  // namespace konseki
