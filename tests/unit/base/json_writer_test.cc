#include "agent/base/json_writer.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

TEST(JsonWriter, SeparatesValuesAndNests) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("a", std::uint64_t{1});
  json.key("b");
  json.begin_array();
  json.text("x");
  json.boolean(false);
  json.null();
  json.end_array();
  json.field("c", "y");
  json.end_object();
  EXPECT_EQ(out, R"({"a":1,"b":["x",false,null],"c":"y"})");
}

TEST(JsonWriter, EscapesControlCharactersAndKeepsJapanese) {
  std::string out;
  JsonWriter(out).text("\"\\\n\x01\x7F痕跡");
  EXPECT_EQ(out, "\"\\\"\\\\\\n\\u0001\\u007f痕跡\"");
}

TEST(JsonWriter, SubstitutesIllFormedBytes) {
  std::string out;
  JsonWriter(out).text("a\xFF\xED\xA0\x80z");
  EXPECT_EQ(out, "\"a%FF%uD800z\"");
}

TEST(JsonWriter, TimesOfOneSecondAndOfOthers) {
  for (const Timestamp& time : {Timestamp{5, 0}, Timestamp{5, 999'999'999}, Timestamp{5, 1},
                                Timestamp{-1, 7}, Timestamp{5, 123'456'789}}) {
    std::string out;
    JsonWriter(out).time(time);
    EXPECT_EQ(out, '"' + time.iso8601() + '"');
  }
}

}  // namespace
}  // namespace konseki
