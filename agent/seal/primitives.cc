#include "agent/seal/primitives.h"

#include <sodium.h>

#include <cerrno>
#include <cstdlib>

namespace konseki {
namespace {

const unsigned char* in(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
unsigned char* out_of(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* in(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Without a source of randomness nothing may be sealed. libsodium itself aborts where one fails.
void be_ready() {
  static const bool kReady = sodium_init() >= 0;
  if (!kReady) std::abort();
}

Error too_little_memory(int number) {
  return {number == EINVAL ? ErrorCode::kInvalidArgument : ErrorCode::kLimitExceeded,
          "scrypt",
          {"There is not enough memory to turn the passphrase into a key; close other programs or "
           "use a machine with more.",
           "パスフレーズから鍵を導出するメモリが足りません。ほかのプログラムを終了するか、"
           "メモリの多いマシンを使用してください。"}};
}

}  // namespace

void random_bytes(std::span<std::byte> out) {
  be_ready();
  randombytes_buf(out.data(), out.size());
}

bool equal_secrets(ByteView left, ByteView right) {
  return left.size() == right.size() && sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

Block32 hmac_sha256(ByteView key, std::string_view message) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, in(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, in(message), message.size());
  Block32 mac;
  crypto_auth_hmacsha256_final(&state, out_of(mac.data()));
  sodium_memzero(&state, sizeof state);
  return mac;
}

Key32 hkdf_sha256(ByteView input_key, ByteView salt, std::string_view info) {
  // RFC 5869: no salt is a block of zeros. The library wants no null pointer for it.
  constexpr Block32 kNoSalt{};
  if (salt.empty()) salt = kNoSalt;
  crypto_auth_hmacsha256_state state;
  Key32 extracted;
  crypto_auth_hmacsha256_init(&state, in(salt.data()), salt.size());
  crypto_auth_hmacsha256_update(&state, in(input_key.data()), input_key.size());
  crypto_auth_hmacsha256_final(&state, out_of(extracted.bytes().data()));
  Key32 key;
  constexpr unsigned char kFirstBlock = 1;
  crypto_auth_hmacsha256_init(&state, in(extracted.bytes().data()), extracted.bytes().size());
  crypto_auth_hmacsha256_update(&state, in(info), info.size());
  crypto_auth_hmacsha256_update(&state, &kFirstBlock, 1);
  crypto_auth_hmacsha256_final(&state, out_of(key.bytes().data()));
  sodium_memzero(&state, sizeof state);
  return key;
}

void aead_seal(const Key32& key, const AeadNonce& nonce, ByteView plain, std::span<std::byte> out) {
  crypto_aead_chacha20poly1305_ietf_encrypt(out_of(out.data()), nullptr, in(plain.data()),
                                            plain.size(), nullptr, 0, nullptr, in(nonce.data()),
                                            in(key.bytes().data()));
}

bool aead_open(const Key32& key, const AeadNonce& nonce, ByteView sealed,
               std::span<std::byte> out) {
  return sealed.size() >= kAeadTag &&
         crypto_aead_chacha20poly1305_ietf_decrypt(out_of(out.data()), nullptr, nullptr,
                                                   in(sealed.data()), sealed.size(), nullptr, 0,
                                                   in(nonce.data()), in(key.bytes().data())) == 0;
}

Block32 x25519_public(const Key32& secret) {
  Block32 point;
  crypto_scalarmult_curve25519_base(out_of(point.data()), in(secret.bytes().data()));
  return point;
}

bool x25519(const Key32& secret, const Block32& point, Key32& shared) {
  return crypto_scalarmult_curve25519(out_of(shared.bytes().data()), in(secret.bytes().data()),
                                      in(point.data())) == 0 &&
         sodium_is_zero(in(shared.bytes().data()), shared.bytes().size()) == 0;
}

Result<Key32> scrypt(std::string_view passphrase, ByteView salt, unsigned log_n) {
  Key32 key;
  errno = 0;
  if (crypto_pwhash_scryptsalsa208sha256_ll(in(passphrase), passphrase.size(), in(salt.data()),
                                            salt.size(), std::uint64_t{1} << log_n, 8, 1,
                                            out_of(key.bytes().data()), key.bytes().size()) != 0) {
    return fail(too_little_memory(errno));
  }
  return key;
}

Result<void> scrypt_by_limits(std::string_view passphrase, ByteView salt32,
                              std::uint64_t operations, std::uint64_t memory,
                              std::span<std::byte> out) {
  errno = 0;
  if (salt32.size() != crypto_pwhash_scryptsalsa208sha256_SALTBYTES ||
      crypto_pwhash_scryptsalsa208sha256(out_of(out.data()), out.size(), passphrase.data(),
                                         passphrase.size(), in(salt32.data()), operations,
                                         static_cast<std::size_t>(memory)) != 0) {
    return fail(too_little_memory(errno));
  }
  return {};
}

void ed25519_generate(Secret<64>& secret, Block32& public_key) {
  be_ready();
  crypto_sign_keypair(out_of(public_key.data()), out_of(secret.bytes().data()));
}

Block32 ed25519_public(const Secret<64>& secret) {
  Secret<64> again;
  Block32 point;
  crypto_sign_seed_keypair(out_of(point.data()), out_of(again.bytes().data()),
                           in(secret.bytes().data()));
  return point;
}

Signature64 ed25519_sign(const Secret<64>& secret, ByteView message) {
  Signature64 signature;
  crypto_sign_detached(out_of(signature.data()), nullptr, in(message.data()), message.size(),
                       in(secret.bytes().data()));
  return signature;
}

bool ed25519_verify(const Block32& public_key, ByteView message, const Signature64& signature) {
  return crypto_sign_verify_detached(in(signature.data()), in(message.data()), message.size(),
                                     in(public_key.data())) == 0;
}

Block32 blake2b_256(ByteView message) {
  Block32 digest;
  crypto_generichash(out_of(digest.data()), digest.size(), in(message.data()), message.size(),
                     nullptr, 0);
  return digest;
}

struct Blake2bPass::State {
  crypto_generichash_state inner;  // its type asks for an alignment of its own
};

Blake2bPass::Blake2bPass() : state_(std::make_unique<State>()) {
  crypto_generichash_init(&state_->inner, nullptr, 0, Blake64{}.size());
}
Blake2bPass::~Blake2bPass() = default;
Blake2bPass::Blake2bPass(Blake2bPass&&) noexcept = default;
Blake2bPass& Blake2bPass::operator=(Blake2bPass&&) noexcept = default;

void Blake2bPass::update(ByteView bytes) {
  crypto_generichash_update(&state_->inner, in(bytes.data()), bytes.size());
}

Blake64 Blake2bPass::finish() {
  Blake64 digest;
  crypto_generichash_final(&state_->inner, out_of(digest.data()), digest.size());
  return digest;
}

}  // namespace konseki
