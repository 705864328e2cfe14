#include "agent/base/fused_digest.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <vector>

namespace konseki {
namespace {

std::string by_openssl(const EVP_MD* algorithm, std::span<const std::byte> bytes) {
  std::array<std::byte, EVP_MAX_MD_SIZE> out;
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size,
             algorithm, nullptr);
  return to_hex(std::span(out).first(size));
}

void expect_same_as_openssl(const Digests& digests, std::span<const std::byte> bytes) {
  EXPECT_EQ(to_hex(digests.md5), by_openssl(EVP_md5(), bytes)) << bytes.size();
  EXPECT_EQ(to_hex(digests.sha1), by_openssl(EVP_sha1(), bytes)) << bytes.size();
  EXPECT_EQ(to_hex(digests.sha256), by_openssl(EVP_sha256(), bytes)) << bytes.size();
}

std::vector<std::byte> noise(std::size_t size) {
  std::vector<std::byte> bytes(size);
  std::uint32_t x = 12345;
  for (std::byte& byte : bytes) {
    x = x * 1664525 + 1013904223;
    byte = static_cast<std::byte>(x >> 24);
  }
  return bytes;
}

TEST(FusedDigest, AgreesWithOpensslForEveryTailAndSplit) {
  if (!FusedDigest::supported()) GTEST_SKIP() << "this processor lacks SHA-NI";
  const auto bytes = noise(400);
  FusedDigest digest;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const auto part = std::span(bytes).first(size);
    digest.update(part);
    expect_same_as_openssl(digest.finish(), part);
    for (std::size_t step : {1, 7, 63, 64, 65}) {
      for (std::size_t at = 0; at < size; at += step) {
        digest.update(part.subspan(at, std::min(step, size - at)));
      }
      expect_same_as_openssl(digest.finish(), part);
    }
  }
}

TEST(FusedDigest, AgreesWithOpensslOnLargeInput) {
  if (!FusedDigest::supported()) GTEST_SKIP() << "this processor lacks SHA-NI";
  const auto bytes = noise(5'000'003);
  FusedDigest digest;
  digest.update(bytes);
  expect_same_as_openssl(digest.finish(), bytes);
}

}  // namespace
}  // namespace konseki
