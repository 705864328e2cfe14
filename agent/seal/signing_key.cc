#include "agent/seal/signing_key.h"

#include <algorithm>
#include <vector>

#include "agent/base/base64.h"
#include "agent/base/cursor.h"
#include "agent/base/digest.h"

namespace konseki {
namespace {

constexpr std::string_view kComment = "untrusted comment: ";
constexpr std::string_view kAlgorithm = "Ed";
constexpr std::string_view kScryptKdf = "Sc";
constexpr std::string_view kNoKdf{"\0\0", 2};
constexpr std::string_view kBlake2b = "B2";
constexpr std::size_t kPublicSize = 2 + 8 + 32;
constexpr std::size_t kSealedPart = 8 + 64 + 32;  // key id, secret key, checksum
constexpr std::size_t kSecretSize = 2 + 2 + 2 + 32 + 8 + 8 + kSealedPart;
constexpr std::uint64_t kMostMemory = std::uint64_t{4} << 30;

const Bilingual kPublicAdvice{
    "A minisign public key is one line of 56 characters that begins with RW.",
    "minisign の公開鍵は RW で始まる 56 文字の行です。"};

const Bilingual kSecretAdvice{
    "Give a secret key file as minisign -G or konseki key generate --signing makes it.",
    "minisign -G または konseki key generate --signing で作成した秘密鍵ファイルを指定して"
    "ください。"};

// The first line that is not a comment.
std::string_view key_line(std::string_view text) {
  if (text.starts_with(kComment))
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::vector<std::byte> decode(std::string_view line, std::size_t size) {
  auto bytes = base64_decode(line);
  if (!bytes || bytes->size() != size) return {};
  return std::move(*bytes);
}

Block32 checksum(const SigningKey& key) {
  Secret<2 + 8 + 64> message;
  auto out = message.bytes().begin();
  const auto algorithm = std::as_bytes(std::span(kAlgorithm));
  out = std::copy(algorithm.begin(), algorithm.end(), out);
  out = std::copy(key.verifying.id.begin(), key.verifying.id.end(), out);
  std::copy(key.secret.bytes().begin(), key.secret.bytes().end(), out);
  return blake2b_256(message.bytes());
}

void append(SecretText& text, ByteView bytes) { text.append(as_text(bytes)); }

// Takes key id, secret key and checksum apart; nothing when they contradict each other. minisign
// leaves the checksum of a key without password zero.
std::optional<SigningKey> open_part(const Secret<kSealedPart>& part, bool encrypted) {
  SigningKey key;
  const auto bytes = part.bytes();
  std::copy_n(bytes.begin(), 8, key.verifying.id.begin());
  std::copy_n(bytes.begin() + 8, 64, key.secret.bytes().begin());
  // The second half of a secret key is its public key.
  std::copy_n(bytes.begin() + 8 + 32, 32, key.verifying.point.begin());
  if (ed25519_public(key.secret) != key.verifying.point) return std::nullopt;
  const ByteView stated = bytes.subspan(8 + 64);
  if (equal_secrets(checksum(key), stated)) return key;
  if (!encrypted && equal_secrets(Block32{}, stated)) return key;
  return std::nullopt;
}

}  // namespace

std::string VerifyingKey::text() const {
  std::string bytes(kAlgorithm);
  bytes += as_text(id);
  bytes += as_text(point);
  return base64_encode(std::as_bytes(std::span(bytes)));
}

std::string VerifyingKey::id_text() const {
  // minisign shows the eight bytes as one little-endian number.
  std::array<std::byte, 8> turned = id;
  std::reverse(turned.begin(), turned.end());
  std::string text = to_hex(turned);
  for (char& c : text) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string VerifyingKey::file() const {
  return std::string(kComment) + "minisign public key " + id_text() + "\n" + text() + "\n";
}

SigningKey SigningKey::generate() {
  SigningKey key;
  random_bytes(key.verifying.id);
  ed25519_generate(key.secret, key.verifying.point);
  return key;
}

SecretText SigningKey::file() const {
  SecretText bytes;
  bytes.append(kAlgorithm);
  bytes.append(kNoKdf);
  bytes.append(kBlake2b);
  bytes.append(std::string(32 + 8 + 8, '\0'));
  append(bytes, verifying.id);
  append(bytes, secret.bytes());
  append(bytes, Block32{});
  std::string line = base64_encode(std::as_bytes(std::span(bytes.view())));
  SecretText text(kComment);
  text.append("minisign secret key " + verifying.id_text() + "\n");
  text.append(line);
  text.append("\n");
  wipe(std::as_writable_bytes(std::span(line)));
  return text;
}

Result<VerifyingKey> parse_verifying_key(std::string_view text) {
  const auto bytes = decode(key_line(text), kPublicSize);
  Cursor cursor(bytes);
  if (as_text(cursor.bytes(2)) != kAlgorithm) {
    return fail(ErrorCode::kInvalidArgument, "public key", kPublicAdvice);
  }
  VerifyingKey key;
  std::copy_n(bytes.begin() + 2, key.id.size(), key.id.begin());
  std::copy_n(bytes.begin() + 10, key.point.size(), key.point.begin());
  return key;
}

bool needs_password(std::string_view text) {
  auto bytes = decode(key_line(text), kSecretSize);
  const bool answer = !bytes.empty() && as_text(bytes).substr(2, 2) == kScryptKdf;
  wipe(bytes);
  return answer;
}

Result<SigningKey> parse_signing_key(std::string_view text,
                                     const std::optional<SecretText>& password) {
  auto bytes = decode(key_line(text), kSecretSize);
  Cursor cursor(bytes);
  const std::string_view algorithm = as_text(cursor.bytes(2));
  const std::string_view kdf = as_text(cursor.bytes(2));
  const std::string_view checksum_kind = as_text(cursor.bytes(2));
  const bool encrypted = kdf == kScryptKdf;
  if (algorithm != kAlgorithm || checksum_kind != kBlake2b || (!encrypted && kdf != kNoKdf)) {
    wipe(bytes);
    return fail(ErrorCode::kInvalidArgument, "signing key", kSecretAdvice);
  }
  const auto salt = cursor.bytes(32);
  const std::uint64_t operations = cursor.u64();
  const std::uint64_t memory = cursor.u64();
  Secret<kSealedPart> part;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(cursor.offset()), kSealedPart,
              part.bytes().begin());
  if (encrypted) {
    if (!password) {
      return fail(ErrorCode::kPermissionDenied, "signing key",
                  {"The key file is protected with a password; add --signing-password-file FILE, "
                   "or run this at a terminal.",
                   "鍵ファイルはパスワードで保護されています。--signing-password-file FILE を"
                   "付けるか、端末から実行してください。"});
    }
    if (memory > kMostMemory) {
      return fail(ErrorCode::kLimitExceeded, "signing key: its password asks for too much memory",
                  kSecretAdvice);
    }
    Secret<kSealedPart> stream;
    KONSEKI_TRY(scrypt_by_limits(password->view(), salt, operations, memory, stream.bytes()));
    for (std::size_t i = 0; i < kSealedPart; ++i) part.bytes()[i] ^= stream.bytes()[i];
  }
  wipe(bytes);
  if (auto key = open_part(part, encrypted)) return std::move(*key);
  if (!encrypted) {
    return fail(ErrorCode::kInvalidArgument, "signing key: damaged", kSecretAdvice);
  }
  return fail(ErrorCode::kPermissionDenied, "signing key: wrong password",
              {"Type the password that was given when the key was made.",
               "鍵の作成時に設定したパスワードを入力してください。"});
}

}  // namespace konseki
