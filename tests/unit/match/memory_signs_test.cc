#include "agent/match/miner/memory_signs.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

namespace konseki {
namespace {

// Signs in memory as "name excerpt offset".
std::vector<std::string> in_memory(std::string_view text) {
  const auto data = MinerData::with({});
  const MemorySigns signs(*data);
  MemorySigns::State state(signs);
  signs.look(std::as_bytes(std::span(text)), 0x1000, state);
  std::vector<std::string> out;
  for (const MinerSign& sign : signs.take(state)) {
    out.push_back(sign.name + ' ' + sign.excerpt + ' ' +
                  std::to_string(sign.range.offset - 0x1000));
  }
  return out;
}

std::string as_utf16(std::string_view text) {
  std::string out;
  for (const char c : text) out += {c, '\0'};
  return out;
}

TEST(MemorySigns, KnowsAddressesOfStratumWithAHost) {
  EXPECT_THAT(in_memory(std::string("\0\1xSTRATUM+ssl://Pool.example.net:443\0", 38)),
              ::testing::ElementsAre("memory.stratum stratum+ssl://pool.example.net:443 3"));
  EXPECT_THAT(in_memory("ab" + as_utf16("stratum+tcp://a.b:1 ")),
              ::testing::ElementsAre("memory.stratum stratum+tcp://a.b:1 2"));
  // What rules, formats and prose hold.
  for (const std::string_view text :
       {"stratum+tcp://", "stratum+tcp://%s:%d", "stratum", "stratum of rock. See a.b",
        "\"stratum+tcp://\" nocase", "stratum+tcp://host"}) {
    EXPECT_THAT(in_memory(text), ::testing::IsEmpty()) << text;
  }
}

TEST(MemorySigns, APoolNeedsAPortAndManyAreABlockList) {
  const auto data = MinerData::with({});
  ASSERT_GE(data->pool_names().size(), 21u);
  const std::string pool = *data->pool_names().begin();
  EXPECT_THAT(in_memory("\1eu1." + pool + ":3333\""),
              ::testing::ElementsAre("memory.pool eu1." + pool + ":3333 1"));
  EXPECT_THAT(in_memory(as_utf16("eu1." + pool + ":3333")),
              ::testing::ElementsAre("memory.pool eu1." + pool + ":3333 0"));
  EXPECT_THAT(in_memory("eu1." + pool), ::testing::IsEmpty());
  EXPECT_THAT(in_memory("not" + pool + ":3333"), ::testing::IsEmpty());
  EXPECT_THAT(in_memory(pool + ".invalid:3333"), ::testing::IsEmpty());
  EXPECT_THAT(in_memory(pool + ":99999"), ::testing::IsEmpty());
  std::string list;
  for (const std::string& each : data->pool_names()) list += each + ":3333\n";
  EXPECT_THAT(in_memory(list), ::testing::IsEmpty());
}

}  // namespace
}  // namespace konseki
