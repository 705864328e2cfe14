#include "agent/kit/kit_config.h"

#include <gmock/gmock.h>

#include "tests/unit/kit/kit_sample.h"

namespace konseki {
namespace {

using ::testing::Contains;
using testing::kCaseKeysOfTests;

class KitConfigTest : public ::testing::Test {
 protected:
  // What the reader says after `from` became `to` in kit.json; "" when it is content.
  std::string after(const std::string& from, const std::string& to) const {
    std::string text = config_.json();
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto read = parse_kit_config(text, kCaseKeysOfTests);
    return read ? "" : read.error().detail;
  }

  KitConfig config_ = testing::sample_config(SigningKey::generate());
};

TEST_F(KitConfigTest, ReadsWhatItWrote) {
  config_.language = Language::kJapanese;
  const auto read = parse_kit_config(config_.json(), kCaseKeysOfTests);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->json(), config_.json());
  EXPECT_EQ(read->language, Language::kJapanese);
  EXPECT_EQ(read->max_time(), std::chrono::minutes(30));
}

TEST_F(KitConfigTest, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(after("\"profile\"", "\"profil\""), "kit.json: profil");
  EXPECT_EQ(after("  \"profile\": \"triage\",\n", ""), "kit.json: profile");
  EXPECT_EQ(after("\"triage\"", "7"), "kit.json: profile");
  EXPECT_EQ(after("\"triage\"", "\"\""), "kit.json: profile");
  EXPECT_EQ(after("\"triage\"", "\"tri\\nage\""), "kit.json: profile");
  EXPECT_EQ(after("\"language\"", "\"profile\""), "kit.json: profile");
  EXPECT_EQ(after("\"system\"", "\"fr\""), "kit.json: language");
  EXPECT_EQ(after("[\"SiteThing\"]", "\"SiteThing\""), "kit.json: artifacts");
  EXPECT_EQ(after("\"SiteThing\"", "\"SiteThing\", 1"), "kit.json: artifacts[1]");
  EXPECT_EQ(after("\"age1", "\"age2"), "kit.json: recipients[0]");
  EXPECT_EQ(after("\"AGE-SECRET-KEY-1", "\"AGE-SECRET-KEY-2"), "kit.json: data_key");
  EXPECT_EQ(after("\"RW", "\"RX"), "kit.json: public_key");
  EXPECT_EQ(after("\"case_id\"", "\"clock_reference\""), "kit.json: case.clock_reference");
  EXPECT_EQ(after("\"30m\"", "\"soon\""), "kit.json: limits.max_time");
  EXPECT_EQ(after("\"30m\"", "\"0\""), "kit.json: limits.max_time");
  EXPECT_EQ(after("\"50\"", "\"101\""), "kit.json: limits.cpu_limit");
  EXPECT_EQ(after("\"50\"", "50"), "kit.json: limits.cpu_limit");
  EXPECT_EQ(after("1200", "\"1200\""), "kit.json: indicators");
  EXPECT_EQ(after("  \"rules\": 34,\n", ""), "kit.json: rules");
  EXPECT_EQ(after("\"evidence\"", "\"../evidence\""), "kit.json: output");
  EXPECT_EQ(after("\"evidence\"", "\"\""), "kit.json: output");
  EXPECT_EQ(after("2026-11-21T", "yesterday"), "kit.json: created");
}

TEST_F(KitConfigTest, KnowsWhatIsNoKitAndWhatIsNewer) {
  EXPECT_EQ(after("konseki-kit", "konseki-cat"), "kit.json");
  EXPECT_EQ(after("\"version\": 1", "\"version\": 2"), "kit.json: version");
  EXPECT_EQ(after("\"version\": 1", "\"version\": \"1\""), "kit.json: version");
  EXPECT_FALSE(parse_kit_config("", kCaseKeysOfTests));
  EXPECT_FALSE(parse_kit_config("[]", kCaseKeysOfTests));
  const std::string text = config_.json();
  for (std::size_t size = 0; size + 2 < text.size(); ++size) {
    EXPECT_FALSE(parse_kit_config(std::string_view(text).substr(0, size), kCaseKeysOfTests));
  }
}

TEST_F(KitConfigTest, BecomesACommandLine) {
  config_.case_fields["contact"] = "--yes";
  const auto words = config_.collect_words("/media/stick");
  EXPECT_THAT(words, Contains("--kit=/media/stick"));
  EXPECT_THAT(words, Contains("--output=/media/stick/evidence"));
  EXPECT_THAT(words, Contains("--recipient=" + config_.recipients[0]));
  EXPECT_THAT(words, Contains("--case-id=2026-014"));
  EXPECT_THAT(words, Contains("--contact=--yes"));
  EXPECT_THAT(words, Contains("--cpu-limit=50"));
  EXPECT_THAT(words, Contains("--include=/srv/\"a b\"/**"));
}

}  // namespace
}  // namespace konseki
