// The grammar of age headers: what the specification forbids is refused, what it leaves open is
// passed over.
#include "agent/seal/age_header.h"

#include <gtest/gtest.h>

#include "agent/base/base64.h"
#include "agent/base/memory_reader.h"
#include "tests/unit/seal/age_file.h"

namespace konseki {
namespace {

using testing::age_file;
using testing::by_passphrase;
using testing::clear_text;
using testing::decrypt;
using testing::encrypt;
using testing::test_file_key;
using testing::to_recipient;
using testing::with_identity;
using testing::with_passphrase;

class AgeHeaderTest : public ::testing::Test {
 protected:
  Stanza good() const { return wrap_file_key(key_, to_recipient(identity_)).value().front(); }
  Stanza scrypt() const { return wrap_file_key(key_, by_passphrase("correct horse")).value()[0]; }
  std::string file(const std::vector<Stanza>& stanzas) const {
    return age_file(key_, stanzas, {100});
  }
  // The error's code, or nothing where the file opened.
  std::optional<ErrorCode> error(const std::string& text) const {
    const auto plain = decrypt(text, with_identity(identity_));
    if (plain) return std::nullopt;
    EXPECT_FALSE(plain.error().advice.ja.empty()) << plain.error().detail;
    return plain.error().code;
  }
  std::optional<ErrorCode> passphrase_error(const std::string& text) const {
    const auto plain = decrypt(text, with_passphrase("correct horse"));
    if (plain) return std::nullopt;
    EXPECT_FALSE(plain.error().advice.ja.empty()) << plain.error().detail;
    return plain.error().code;
  }
  // The good file with its header text changed, MAC kept.
  std::string edited(std::string_view from, std::string_view to) const {
    std::string text = file({good()});
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    return text.replace(at, from.size(), to);
  }

  AgeIdentity identity_ = AgeIdentity::generate();
  FileKey key_ = test_file_key();
};

using Code = ErrorCode;

TEST_F(AgeHeaderTest, TheRecipeItselfOpens) {
  EXPECT_EQ(error(file({good()})), std::nullopt);
  EXPECT_EQ(passphrase_error(file({scrypt()})), std::nullopt);
  EXPECT_EQ(decrypt(file({good()}), with_identity(identity_)).value(), clear_text(100));
}

TEST_F(AgeHeaderTest, AnotherVersionOrNoAgeAtAll) {
  EXPECT_EQ(error(edited("/v1", "/v2")), Code::kCorrupt);
  EXPECT_EQ(error("hello"), Code::kCorrupt);
  EXPECT_EQ(error(""), Code::kCorrupt);
}

TEST_F(AgeHeaderTest, EveryCutOfTheHeaderIsRefused) {
  const std::string whole = file({good()});
  const std::size_t header = whole.find("---");
  for (std::size_t size = 0; size < header + 60; ++size) {
    EXPECT_EQ(error(whole.substr(0, size)), Code::kCorrupt) << size;
  }
}

TEST_F(AgeHeaderTest, EveryFlippedBitOfTheHeaderIsNoticed) {
  const std::string whole = file({good()});
  const std::size_t end = whole.find("---") + 3 + 1 + 43 + 1;
  for (std::size_t at = 0; at < end; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      EXPECT_NE(error(changed), std::nullopt) << at << " bit " << bit;
    }
  }
}

TEST_F(AgeHeaderTest, AWrongMac) {
  std::string text = file({good()});
  const std::size_t mac = text.find("--- ") + 4;
  text[mac] = text[mac] == 'A' ? 'B' : 'A';
  EXPECT_EQ(error(text), Code::kCorrupt);
  // Right MAC of another key.
  const std::string other = write_age_header(std::vector{good()}, FileKey());
  EXPECT_EQ(error(other + text.substr(text.size() - 132)), Code::kCorrupt);
}

TEST_F(AgeHeaderTest, GrammarOfTheMacLine) {
  EXPECT_EQ(error(edited("--- ", "---")), Code::kCorrupt);
  EXPECT_EQ(error(edited("--- ", "---  ")), Code::kCorrupt);
  EXPECT_EQ(error(edited("--- ", "-- ")), Code::kCorrupt);
  EXPECT_EQ(error(edited("--- ", "--- A")), Code::kCorrupt);
  std::string padded = file({good()});
  padded.insert(padded.find("--- ") + 4 + 43, "=");
  EXPECT_EQ(error(padded), Code::kCorrupt);
  std::string spaced = file({good()});
  spaced.insert(spaced.find("--- ") + 4 + 43, " ");
  EXPECT_EQ(error(spaced), Code::kCorrupt);
}

TEST_F(AgeHeaderTest, GrammarOfStanzas) {
  EXPECT_EQ(error(edited("-> X25519 ", "->X25519 ")), Code::kCorrupt);
  EXPECT_EQ(error(edited("-> X25519 ", "-> X25519  ")), Code::kCorrupt);
  EXPECT_EQ(error(edited("-> X25519 ", "->  X25519 ")), Code::kCorrupt);
  EXPECT_EQ(error(edited("-> X25519 ", "-> X25519\t")), Code::kCorrupt);
  EXPECT_EQ(error(edited("-> X25519 ", "-> \n")), Code::kCorrupt);
  EXPECT_EQ(error(edited("-> X25519 ", "-> X\x80 ")), Code::kCorrupt);
  EXPECT_EQ(error(edited("-> X25519 ", "\n-> X25519 ")), Code::kCorrupt);
  EXPECT_EQ(error(edited("/v1\n", "/v1\r\n")), Code::kCorrupt);
  // No stanza at all; a stanza whose body has no last line.
  EXPECT_EQ(error(write_age_header({}, key_) + std::string(132, 'x')), Code::kCorrupt);
  EXPECT_EQ(error(edited("\n---", " ---")), Code::kCorrupt);
}

TEST_F(AgeHeaderTest, UnknownStanzasArePassedOver) {
  const Stanza grease{{"grease-7", "!~", "x"}, std::vector<std::byte>(100)};
  const Stanza bare{{"y"}, {}};
  const Stanza full_lines{{"long"},
                          std::vector<std::byte>(96)};  // base64 of 128: an empty last line
  EXPECT_EQ(error(file({grease, good(), bare, full_lines})), std::nullopt);
  EXPECT_EQ(error(file({bare, full_lines, grease, good()})), std::nullopt);
  EXPECT_EQ(error(file({grease})), Code::kPermissionDenied);
}

TEST_F(AgeHeaderTest, ABodyMustEndWithAShortLine) {
  // 48 bytes fill a line; without the empty line after it the next stanza would be its last line.
  std::string text = file({Stanza{{"full"}, std::vector<std::byte>(48)}, good()});
  const std::size_t gap = text.find("\n\n");
  ASSERT_NE(gap, std::string::npos);
  EXPECT_EQ(error(text.erase(gap, 1)), Code::kCorrupt);
}

TEST_F(AgeHeaderTest, BodiesAreCanonicalBase64) {
  const std::string body = base64_encode(good().body, false);
  for (const std::string& bad :
       {body + "=", body.substr(0, 42), body.substr(0, 20) + "\n" + body.substr(20),
        body.substr(0, 42) + "-", body + " ", " " + body}) {
    std::string text = file({good()});
    const std::size_t start = text.find('\n', text.find("X25519")) + 1;
    text.replace(start, 43, bad);
    EXPECT_EQ(error(text), Code::kCorrupt) << bad;
  }
  // Bits behind the last byte.
  EXPECT_FALSE(strict_base64("AB").has_value());
  EXPECT_TRUE(strict_base64("AA").has_value());
  EXPECT_FALSE(strict_base64("A").has_value());
  EXPECT_FALSE(strict_base64("AAA=").has_value());
  EXPECT_TRUE(strict_base64("")->empty());
}

TEST_F(AgeHeaderTest, X25519StanzasOfAnotherShape) {
  Stanza extra = good();
  extra.arguments.emplace_back("extra");
  EXPECT_EQ(error(file({extra})), Code::kCorrupt);
  Stanza none = good();
  none.arguments.resize(1);
  EXPECT_EQ(error(file({none})), Code::kCorrupt);
  Stanza short_body = good();
  short_body.body.pop_back();
  EXPECT_EQ(error(file({short_body})), Code::kCorrupt);
  Stanza long_body = good();
  long_body.body.push_back({});
  EXPECT_EQ(error(file({long_body})), Code::kCorrupt);
  Stanza short_share = good();
  short_share.arguments[1] = base64_encode(std::vector<std::byte>(31), false);
  EXPECT_EQ(error(file({short_share})), Code::kCorrupt);
  Stanza padded_share = good();
  padded_share.arguments[1] += "=";
  EXPECT_EQ(error(file({padded_share})), Code::kCorrupt);
  Stanza other_case = good();
  other_case.arguments[0] = "x25519";
  EXPECT_EQ(error(file({other_case})), Code::kPermissionDenied);
}

// The points of small order on Curve25519, and their forms above the prime: the shared secret is
// zero with every key.
TEST_F(AgeHeaderTest, SharesOfSmallOrder) {
  std::vector<Block32> points(5);
  points[1][0] = std::byte{1};
  for (std::size_t i = 2; i < 5; ++i) {
    points[i].fill(std::byte{0xff});
    points[i][31] = std::byte{0x7f};
    points[i][0] = static_cast<std::byte>(0xec + i - 2);  // p-1, p, p+1
  }
  for (const Block32& point : points) {
    Stanza stanza = good();
    stanza.arguments[1] = base64_encode(point, false);
    EXPECT_EQ(error(file({stanza})), Code::kCorrupt);
    AgeTargets targets;
    targets.recipients.push_back({point});
    EXPECT_FALSE(wrap_file_key(key_, targets).has_value());
  }
}

TEST_F(AgeHeaderTest, AnotherRecipient) {
  const Stanza other = wrap_file_key(key_, to_recipient(AgeIdentity::generate())).value().front();
  EXPECT_EQ(error(file({other})), Code::kPermissionDenied);
  EXPECT_EQ(error(file({other, good()})), std::nullopt);
  EXPECT_EQ(error(file({good(), other})), std::nullopt);
}

TEST_F(AgeHeaderTest, PassphrasesStandAlone) {
  EXPECT_EQ(passphrase_error(file({scrypt(), good()})), Code::kCorrupt);
  EXPECT_EQ(error(file({good(), scrypt()})), Code::kCorrupt);
  EXPECT_EQ(passphrase_error(file({scrypt(), scrypt()})), Code::kCorrupt);
  EXPECT_EQ(passphrase_error(file({scrypt(), Stanza{{"grease"}, {}}})), Code::kCorrupt);
  AgeTargets both = to_recipient(identity_);
  both.passphrase.emplace("x");
  EXPECT_FALSE(wrap_file_key(key_, both).has_value());
  EXPECT_FALSE(wrap_file_key(key_, {}).has_value());
}

TEST_F(AgeHeaderTest, ScryptStanzasOfAnotherShape) {
  for (const char* factor :
       {"", "0", "010", "+10", "-10", "10 ", "1e1", "0xa", "aaaa", "99999999999999999999", "10a"}) {
    Stanza stanza = scrypt();
    stanza.arguments[2] = factor;
    EXPECT_EQ(passphrase_error(file({stanza})), Code::kCorrupt) << factor;
  }
  for (const char* factor : {"23", "64", "255"}) {
    Stanza stanza = scrypt();
    stanza.arguments[2] = factor;
    EXPECT_EQ(passphrase_error(file({stanza})), Code::kLimitExceeded) << factor;
  }
  Stanza other_factor = scrypt();
  other_factor.arguments[2] = "11";
  EXPECT_EQ(passphrase_error(file({other_factor})), Code::kPermissionDenied);
  Stanza short_salt = scrypt();
  short_salt.arguments[1] = base64_encode(std::vector<std::byte>(15), false);
  EXPECT_EQ(passphrase_error(file({short_salt})), Code::kCorrupt);
  Stanza long_salt = scrypt();
  long_salt.arguments[1] = base64_encode(std::vector<std::byte>(17), false);
  EXPECT_EQ(passphrase_error(file({long_salt})), Code::kCorrupt);
  Stanza extra = scrypt();
  extra.arguments.emplace_back("x");
  EXPECT_EQ(passphrase_error(file({extra})), Code::kCorrupt);
  Stanza body = scrypt();
  body.body.resize(31);
  EXPECT_EQ(passphrase_error(file({body})), Code::kCorrupt);
}

TEST_F(AgeHeaderTest, WhatIsMissingIsSaid) {
  EXPECT_EQ(decrypt(file({scrypt()}), with_identity(identity_)).error().code,
            Code::kPermissionDenied);
  EXPECT_NE(decrypt(file({scrypt()}), {}).error().advice.en.find("--passphrase"),
            std::string::npos);
  EXPECT_NE(decrypt(file({good()}), {}).error().advice.en.find("--identity"), std::string::npos);
  EXPECT_EQ(decrypt(file({scrypt()}), with_passphrase("wrong")).error().code,
            Code::kPermissionDenied);
  EXPECT_EQ(decrypt(file({good()}), with_passphrase("wrong")).error().code,
            Code::kPermissionDenied);
}

TEST_F(AgeHeaderTest, AHeaderWithoutEndIsNotReadForEver) {
  std::string endless = "age-encryption.org/v1\n-> x\n";
  while (endless.size() < kMostAgeHeader + 1000) endless += std::string(64, 'A') + "\n";
  EXPECT_EQ(error(endless), Code::kLimitExceeded);
}

TEST_F(AgeHeaderTest, FormsAreToldApart) {
  const auto form = [](std::string_view text) {
    MemoryReader reader{std::vector<std::byte>(std::as_bytes(std::span(text)).begin(),
                                               std::as_bytes(std::span(text)).end())};
    return age_form(reader).value();
  };
  EXPECT_EQ(form(file({good()})), AgeForm::kBinary);
  EXPECT_EQ(form("age-encryption.org/v2\n"), AgeForm::kNewer);
  EXPECT_EQ(form("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl"), AgeForm::kArmored);
  EXPECT_EQ(form("PK"), AgeForm::kNone);
  EXPECT_EQ(form(""), AgeForm::kNone);
}

}  // namespace
}  // namespace konseki
