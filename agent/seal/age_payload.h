// The payload of an age file: chunks of 64 KiB, each sealed under its number (STREAM).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "agent/seal/age_header.h"

namespace konseki {

inline constexpr std::size_t kAgeNonce = 16;  // before the first chunk
inline constexpr std::size_t kAgeChunk = 64 * 1024;
inline constexpr std::size_t kSealedChunk = kAgeChunk + kAeadTag;

// Seals and opens chunks by number. Thread-safe. The 88-bit counter of the format is a 64-bit one
// here: a file of 2^80 bytes does not exist.
class ChunkCipher {
 public:
  ChunkCipher(const FileKey& key, std::span<const std::byte, kAgeNonce> nonce)
      : key_(hkdf_sha256(key.bytes(), nonce, "payload")) {}

  void seal(std::uint64_t number, bool last, ByteView plain, std::span<std::byte> out) const {
    aead_seal(key_, chunk_nonce(number, last), plain, out);
  }
  [[nodiscard]] bool open(std::uint64_t number, bool last, ByteView sealed,
                          std::span<std::byte> out) const {
    return aead_open(key_, chunk_nonce(number, last), sealed, out);
  }

 private:
  static AeadNonce chunk_nonce(std::uint64_t number, bool last) {
    AeadNonce nonce{};
    for (std::size_t i = 0; i < 8; ++i) nonce[10 - i] = static_cast<std::byte>(number >> 8 * i);
    nonce[11] = static_cast<std::byte>(last ? 1 : 0);
    return nonce;
  }

  Key32 key_;
};

}  // namespace konseki
