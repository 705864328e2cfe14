#include "agent/base/json_view.h"

#include <gmock/gmock.h>

namespace konseki {
namespace {

using ::testing::ElementsAre;

TEST(JsonView, FindsMembersOfEveryKindWithoutDecoding) {
  const JsonView view = json_view(
      R"( {"a":"x","b":-12,"c":true,"d":null,"e":{"f":[1,2,{"g":"}]"}]},"h":["p","q"],"i":1.5e3} )");
  ASSERT_EQ(view.kind, JsonKind::kObject);
  EXPECT_EQ(view["a"].text(), "x");
  EXPECT_EQ(view["b"].signed_number(), -12);
  EXPECT_TRUE(view["c"].is_true());
  EXPECT_EQ(view["d"].kind, JsonKind::kNull);
  EXPECT_EQ(view["e"]["f"].raw, R"([1,2,{"g":"}]"}])");
  EXPECT_THAT(view["h"].texts(), ElementsAre("p", "q"));
  EXPECT_EQ(view["i"].raw, "1.5e3");
  EXPECT_FALSE(view["absent"]);
}

TEST(JsonView, DecodesEscapes) {
  EXPECT_EQ(json_view(R"("a\"\\\/\n\t\u3042\ud83d\ude00")").text(), "a\"\\/\n\tあ😀");
  EXPECT_EQ(json_view(R"("\ud800x")").text(), "%uD800x");
  EXPECT_EQ(json_view("\"\xFF\"").text(), "%FF");
  EXPECT_EQ(json_view(R"("a\u00")").text(), "a00");
}

TEST(JsonView, PlainTextNeedsNoDecoding) {
  EXPECT_EQ(json_view(R"("collected")").plain(), "collected");
  EXPECT_EQ(json_view(R"("a\nb")").plain(), "");
}

TEST(JsonView, DamageEndsTheIteration) {
  for (const char* text : {"{\"a\":1 \"b\":2}", "{\"a\":}", "{\"a\" 1}", "{a:1}", "{\"a\":1,}",
                           "{\"a\":tru}", "{\"a\":01}", "{\"a\":1.}"}) {
    JsonItems items(json_view(text));
    while (items.next()) {
    }
    EXPECT_TRUE(items.damaged()) << text;
  }
  for (const char* text :
       {"", "{", "\"", "\"\\", "[[[", "{\"a\":\"", "nul", "-", "1e+", "{\"a\":[1,2}"}) {
    EXPECT_FALSE(json_view(text)) << text;
  }
}

TEST(JsonView, DeepNestingNeedsNoStack) {
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  EXPECT_EQ(json_view(deep).raw.size(), deep.size());
}

}  // namespace
}  // namespace konseki
