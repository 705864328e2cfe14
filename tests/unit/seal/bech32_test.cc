#include "agent/seal/bech32.h"

#include <gtest/gtest.h>

#include "agent/seal/age_keys.h"

namespace konseki {
namespace {

// Strings that BIP 173 lists as valid and as invalid.
TEST(Bech32, TheStandardsExamples) {
  for (const char* valid : {"A12UEL5L", "a12uel5l",
                            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcluded"
                            "charactersbio1tt5tgs",
                            "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w"}) {
    EXPECT_TRUE(bech32_decode(valid).has_value()) << valid;
  }
  for (const char* invalid : {"pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8",
                              "10a06t8", "1qzzfhee", "A12uEL5L", "", "1", "a1", "age1"}) {
    EXPECT_FALSE(bech32_decode(invalid).has_value()) << invalid;
  }
}

TEST(Bech32, EveryLengthThereAndBack) {
  std::vector<std::byte> data;
  for (int length = 0; length < 70; ++length) {
    const std::string text = bech32_encode("age", data);
    const auto decoded = bech32_decode(text);
    ASSERT_TRUE(decoded.has_value()) << text;
    EXPECT_EQ(decoded->prefix, "age");
    EXPECT_EQ(decoded->data, data);
    data.push_back(static_cast<std::byte>(length * 37 + 5));
  }
}

TEST(Bech32, EveryChangedCharacterIsFound) {
  const std::string text = AgeIdentity::generate().recipient().text();
  for (std::size_t i = 4; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'q' ? 'p' : 'q';
    EXPECT_FALSE(parse_age_recipient(changed).has_value()) << changed;
  }
}

TEST(AgeKeys, ThereAndBack) {
  const AgeIdentity identity = AgeIdentity::generate();
  const SecretText secret = identity.text();
  EXPECT_TRUE(secret.view().starts_with("AGE-SECRET-KEY-1"));
  EXPECT_EQ(secret.view().size(), 74u);
  const auto again = parse_age_identity(secret.view());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->recipient(), identity.recipient());
  const std::string recipient = identity.recipient().text();
  EXPECT_EQ(recipient.size(), 62u);
  EXPECT_EQ(parse_age_recipient(recipient).value(), identity.recipient());
  EXPECT_FALSE(AgeIdentity::generate().recipient() == identity.recipient());
}

TEST(AgeKeys, WrongCaseAndWrongKindAreRefusedWithAdvice) {
  const AgeIdentity identity = AgeIdentity::generate();
  std::string upper = identity.recipient().text();
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::string mixed = identity.recipient().text();
  mixed.back() = static_cast<char>(std::toupper(static_cast<unsigned char>(mixed.back())));
  std::string lower(identity.text().view());
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (std::isdigit(static_cast<unsigned char>(mixed.back())) != 0) mixed[0] = 'A';
  for (const std::string& text :
       {upper, mixed, std::string(identity.text().view()), std::string("ssh-ed25519 AAAA"),
        std::string("age1yubikey1qq"), std::string("age1"), std::string()}) {
    const auto recipient = parse_age_recipient(text);
    ASSERT_FALSE(recipient.has_value()) << text;
    EXPECT_EQ(recipient.error().code, ErrorCode::kInvalidArgument);
    EXPECT_FALSE(recipient.error().advice.ja.empty());
  }
  EXPECT_FALSE(parse_age_identity(lower).has_value());
  EXPECT_FALSE(parse_age_identity(identity.recipient().text()).has_value());
}

TEST(AgeKeys, FilesNameTheLineAndNeverTheSecret) {
  const AgeIdentity one = AgeIdentity::generate();
  const AgeIdentity two = AgeIdentity::generate();
  SecretText text = identity_file(one, "2026-01-02T03:04:05Z");
  text.append("\r\n# second\n");
  text.append(two.text().view());
  const auto keys = parse_identities_file(text.view(), "keys.txt");
  ASSERT_TRUE(keys.has_value());
  ASSERT_EQ(keys->size(), 2u);
  EXPECT_EQ((*keys)[1].recipient(), two.recipient());

  std::string broken(text.view());
  broken.back() = broken.back() == 'Q' ? 'P' : 'Q';
  const auto refused = parse_identities_file(broken, "keys.txt");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().detail, "keys.txt:6");
  EXPECT_EQ(refused.error().describe(Language::kEnglish).find("AGE-SECRET-KEY-1Q"),
            std::string::npos);
  EXPECT_FALSE(parse_identities_file("# nothing\n\n", "empty").has_value());
  EXPECT_EQ(parse_identities_file("age-encryption.org/v1\n", "k").error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(parse_recipients_file(one.recipient().text() + "\n#x\n" + two.recipient().text(), "r")
                ->size(),
            2u);
}

}  // namespace
}  // namespace konseki
