// The cryptographic primitives that sealing needs, all of them libsodium's. Nothing here is our
// own but HKDF with one block of output, which is two calls of HMAC.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "agent/seal/secret.h"
#include "konseki/result.h"

namespace konseki {

using ByteView = std::span<const std::byte>;
using Key32 = Secret<32>;
using Block32 = std::array<std::byte, 32>;

inline constexpr std::size_t kAeadTag = 16;
using AeadNonce = std::array<std::byte, 12>;

void random_bytes(std::span<std::byte> out);

// In constant time. Different lengths are different.
bool equal_secrets(ByteView left, ByteView right);

// HMAC-SHA-256, RFC 2104.
Block32 hmac_sha256(ByteView key, std::string_view message);

// HKDF-SHA-256, RFC 5869, 32 bytes of output.
Key32 hkdf_sha256(ByteView input_key, ByteView salt, std::string_view info);

// ChaCha20-Poly1305, RFC 8439, without associated data. `out` is kAeadTag longer than `plain`.
void aead_seal(const Key32& key, const AeadNonce& nonce, ByteView plain, std::span<std::byte> out);
// False when `sealed` was not made with this key and nonce; `out` is kAeadTag shorter than it.
bool aead_open(const Key32& key, const AeadNonce& nonce, ByteView sealed, std::span<std::byte> out);

// X25519, RFC 7748.
Block32 x25519_public(const Key32& secret);
// False when the shared secret is all zero: the other side's point has a small order.
bool x25519(const Key32& secret, const Block32& point, Key32& shared);

// scrypt, RFC 7914, r = 8, p = 1, N = 2^log_n. Needs 1 KiB of memory times N; kLimitExceeded when
// there is not enough.
Result<Key32> scrypt(std::string_view passphrase, ByteView salt, unsigned log_n);

// scrypt with the parameters that libsodium derives from an operation and a memory limit, as
// minisign's key files state them. Fills `out`; kLimitExceeded as above.
Result<void> scrypt_by_limits(std::string_view passphrase, ByteView salt32,
                              std::uint64_t operations, std::uint64_t memory,
                              std::span<std::byte> out);

// Ed25519, RFC 8032. The secret key is seed and public key, 64 bytes.
using Signature64 = std::array<std::byte, 64>;
void ed25519_generate(Secret<64>& secret, Block32& public_key);
// The public key, computed anew from the secret key's seed.
Block32 ed25519_public(const Secret<64>& secret);
Signature64 ed25519_sign(const Secret<64>& secret, ByteView message);
bool ed25519_verify(const Block32& public_key, ByteView message, const Signature64& signature);

// BLAKE2b with 32 or 64 bytes of output, RFC 7693. Not thread-safe.
using Blake64 = std::array<std::byte, 64>;
Block32 blake2b_256(ByteView message);
class Blake2bPass {
 public:
  Blake2bPass();
  ~Blake2bPass();
  Blake2bPass(Blake2bPass&&) noexcept;
  Blake2bPass& operator=(Blake2bPass&&) noexcept;

  void update(ByteView bytes);
  Blake64 finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace konseki
