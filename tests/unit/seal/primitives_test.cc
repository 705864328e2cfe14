// The primitives against the examples of their standards: that each is the one meant, with its
// arguments in the right places.
#include "agent/seal/primitives.h"

#include <gtest/gtest.h>

#include "agent/base/digest.h"
#include "agent/seal/signature.h"

namespace konseki {
namespace {

std::vector<std::byte> bytes(std::string_view hex) {
  std::vector<std::byte> out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

// RFC 5869, A.3: no salt, no info; its first 32 bytes of 42.
TEST(Primitives, Hkdf) {
  const Key32 key = hkdf_sha256(std::vector<std::byte>(22, std::byte{0x0b}), {}, "");
  EXPECT_EQ(to_hex(key.bytes()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

// RFC 4231, case 2.
TEST(Primitives, Hmac) {
  const std::string key = "Jefe";
  EXPECT_EQ(to_hex(hmac_sha256(std::as_bytes(std::span(key)), "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// The public key that OpenSSL derives from the secret key 00 01 02 … 1f.
TEST(Primitives, X25519) {
  Key32 secret;
  for (std::size_t i = 0; i < 32; ++i) secret.bytes()[i] = static_cast<std::byte>(i);
  EXPECT_EQ(to_hex(x25519_public(secret)),
            "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f");
}

// RFC 7914 has no example with p = 1 and r = 8 of a bearable size; this one is made by OpenSSL:
// openssl kdf -keylen 32 -kdfopt pass:password -kdfopt hexsalt:4e61436c -kdfopt n:1024
//   -kdfopt r:8 -kdfopt p:1 SCRYPT
TEST(Primitives, Scrypt) {
  const auto key = scrypt("password", bytes("4e61436c"), 10);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(to_hex(key->bytes()),
            "27b418c674c769d12501fbb1f53bac32df6514c0f28d043872b148b348961a79");
}

// RFC 7693, appendix A.
TEST(Primitives, Blake2b) {
  EXPECT_EQ(to_hex(blake2b_512("abc")),
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
            "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST(Primitives, AeadNoticesEverything) {
  Key32 key;
  random_bytes(key.bytes());
  AeadNonce nonce{};
  const auto plain = bytes("00112233");
  std::vector<std::byte> sealed(plain.size() + kAeadTag);
  aead_seal(key, nonce, plain, sealed);
  std::vector<std::byte> out(plain.size());
  ASSERT_TRUE(aead_open(key, nonce, sealed, out));
  EXPECT_EQ(out, plain);
  nonce[0] = std::byte{1};
  EXPECT_FALSE(aead_open(key, nonce, sealed, out));
  EXPECT_FALSE(aead_open(key, AeadNonce{}, std::vector<std::byte>(3), {}));
}

TEST(SecretText, WipesAndGrows) {
  SecretText text;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    text.append("abc");
    expected += "abc";
  }
  EXPECT_EQ(text.view(), expected);
  const SecretText copy = text;
  text.clear();
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(copy.view(), expected);
  std::vector<std::byte> secret(5, std::byte{7});
  wipe(secret);
  EXPECT_EQ(secret, std::vector<std::byte>(5));
}

}  // namespace
}  // namespace konseki
