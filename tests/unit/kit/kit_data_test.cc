#include "agent/kit/kit_data.h"

#include <gmock/gmock.h>

#include "agent/base/memory_reader.h"
#include "tests/unit/bundle/memory_output.h"

namespace konseki {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class KitDataTest : public ::testing::Test {
 protected:
  std::string write(std::vector<KitMember> members) const {
    testing::MemoryOutput out;
    EXPECT_TRUE(write_kit_data(out, std::move(members), key_, {}));
    return out.bytes();
  }
  Result<std::vector<KitMember>> read(const std::string& bytes, const AgeIdentity& key,
                                      std::string_view kind) const {
    const auto span = std::as_bytes(std::span(bytes));
    return read_kit_data(
        std::make_unique<MemoryReader>(std::vector<std::byte>(span.begin(), span.end())), key,
        kind);
  }

  AgeIdentity key_ = AgeIdentity::generate();
};

TEST_F(KitDataTest, GivesMembersOfAKind) {
  const std::string bytes = write({{"definitions/b.yaml", "EICAR-like text"},
                                   {"rules/x.yar", "rule x {}"},
                                   {"definitions/a.yaml", ""}});
  EXPECT_THAT(bytes, Not(HasSubstr("EICAR")));
  EXPECT_THAT(bytes, Not(HasSubstr("definitions")));
  const auto members = read(bytes, key_, kKitDefinitions);
  ASSERT_TRUE(members) << members.error().detail;
  ASSERT_EQ(members->size(), 2U);
  EXPECT_EQ((*members)[0].name, "definitions/a.yaml");
  EXPECT_EQ((*members)[0].content, "");
  EXPECT_EQ((*members)[1].content, "EICAR-like text");
  EXPECT_EQ(read(bytes, key_, kKitIndicators)->size(), 0U);
}

TEST_F(KitDataTest, AnEmptyOneIsOne) {
  const auto members = read(write({}), key_, kKitDefinitions);
  ASSERT_TRUE(members);
  EXPECT_TRUE(members->empty());
}

TEST_F(KitDataTest, TellsDamageAndOtherKeys) {
  const std::string bytes = write({{"definitions/a.yaml", "name: A"}});
  EXPECT_FALSE(read(bytes, AgeIdentity::generate(), kKitDefinitions));
  EXPECT_FALSE(read(bytes.substr(0, bytes.size() - 1), key_, kKitDefinitions));
  EXPECT_FALSE(read("", key_, kKitDefinitions));
  std::string changed = bytes;
  changed[changed.size() - 20] ^= 1;
  EXPECT_FALSE(read(changed, key_, kKitDefinitions));
}

}  // namespace
}  // namespace konseki
