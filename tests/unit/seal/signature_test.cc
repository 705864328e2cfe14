#include "agent/seal/signature.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

TEST(Signature, ThereAndBack) {
  const SigningKey key = SigningKey::generate();
  const Blake64 digest = blake2b_512("hello");
  const MinisignSignature signature = sign_digest(key, digest, "host:a\trun:b");
  const auto parsed = parse_signature(signature.text());
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->text(), signature.text());
  EXPECT_EQ(parsed->trusted_comment, "host:a\trun:b");
  EXPECT_TRUE(verify_signature(key.verifying, digest, *parsed));
  EXPECT_FALSE(verify_signature(key.verifying, blake2b_512("hellp"), *parsed));
  EXPECT_FALSE(verify_signature(SigningKey::generate().verifying, digest, *parsed));
  MinisignSignature other_comment = *parsed;
  other_comment.trusted_comment = "host:a\trun:c";
  EXPECT_FALSE(verify_signature(key.verifying, digest, other_comment));
}

// What is changed either breaks the form, the signature, or the text as this program writes it.
TEST(Signature, EveryFlippedBitIsNoticed) {
  const SigningKey key = SigningKey::generate();
  const Blake64 digest = blake2b_512("hello");
  const std::string text = sign_digest(key, digest, "c").text();
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      const auto parsed = parse_signature(changed);
      EXPECT_FALSE(parsed && parsed->text() == changed &&
                   verify_signature(key.verifying, digest, *parsed))
          << at << " bit " << bit;
    }
  }
}

TEST(Signature, TheCommentStaysOneLine) {
  const SigningKey key = SigningKey::generate();
  const auto signature = sign_digest(key, blake2b_512(""), "a\nb\r\x1b[2J");
  EXPECT_EQ(signature.trusted_comment, "a?b??[2J");
  EXPECT_TRUE(parse_signature(signature.text()).has_value());
}

TEST(Signature, OtherFormsAreRefused) {
  for (const char* text :
       {"", "\n\n\n\n", "untrusted comment: x\nAAAA\ntrusted comment: y\nAAAA\n"}) {
    EXPECT_EQ(parse_signature(text).error().code, ErrorCode::kCorrupt);
  }
}

TEST(SigningKeys, FilesThereAndBack) {
  const SigningKey key = SigningKey::generate();
  EXPECT_EQ(key.verifying.text().size(), 56u);
  EXPECT_TRUE(key.verifying.text().starts_with("RW"));
  EXPECT_EQ(parse_verifying_key(key.verifying.text()).value(), key.verifying);
  EXPECT_EQ(parse_verifying_key(key.verifying.file()).value(), key.verifying);
  const SecretText file = key.file();
  EXPECT_FALSE(needs_password(file.view()));
  const auto again = parse_signing_key(file.view(), std::nullopt);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->verifying, key.verifying);
  const Blake64 digest = blake2b_512("x");
  EXPECT_TRUE(verify_signature(key.verifying, digest, sign_digest(*again, digest, "")));
}

TEST(SigningKeys, DamagedFilesAreRefused) {
  const SigningKey key = SigningKey::generate();
  const std::string file(key.file().view());
  const std::size_t line = file.find('\n') + 1;
  for (std::size_t at = line; at + 1 < file.size(); ++at) {
    std::string changed = file;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    const auto parsed = parse_signing_key(changed, std::nullopt);
    // Salt, limits and key id are free in a key without password, and the last character has bits
    // behind the last byte; the rest must agree.
    const bool unused = (at - line >= 8 && at - line < 83) || at - line == 210;
    if (changed == file || unused) continue;
    EXPECT_FALSE(parsed.has_value()) << at - line;
  }
  for (const char* text : {"", "RW", "untrusted comment: only"}) {
    EXPECT_EQ(parse_signing_key(text, std::nullopt).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(parse_verifying_key(text).error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace konseki
