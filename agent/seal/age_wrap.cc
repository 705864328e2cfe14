#include "agent/seal/age_wrap.h"

#include <algorithm>
#include <charconv>

#include "agent/base/base64.h"
#include "agent/base/cursor.h"

namespace konseki {
namespace {

constexpr std::string_view kX25519Type = "X25519";
constexpr std::string_view kX25519Info = "age-encryption.org/v1/X25519";
constexpr std::string_view kScryptType = "scrypt";
constexpr std::string_view kScryptLabel = "age-encryption.org/v1/scrypt";
constexpr std::size_t kScryptSalt = 16;
constexpr std::size_t kWrappedKey = 16 + kAeadTag;

const Bilingual kBadStanza{
    "The start of the encrypted file is damaged or was made by a faulty program.",
    "暗号化ファイルの先頭が破損しているか、不正なプログラムで作成されています。"};

tl::unexpected<Error> bad_stanza(const std::string& what) {
  return fail(ErrorCode::kCorrupt, "age header: " + what, kBadStanza);
}

std::vector<std::byte> wrap(const Key32& wrap_key, const FileKey& key) {
  std::vector<std::byte> body(kWrappedKey);
  aead_seal(wrap_key, AeadNonce{}, key.bytes(), body);
  return body;
}

Key32 x25519_wrap_key(const Key32& shared, const Block32& share, const AgeRecipient& recipient) {
  std::array<std::byte, 64> salt;
  std::copy(share.begin(), share.end(), salt.begin());
  std::copy(recipient.point.begin(), recipient.point.end(), salt.begin() + 32);
  return hkdf_sha256(shared.bytes(), salt, kX25519Info);
}

Result<Stanza> wrap_x25519(const FileKey& key, const AgeRecipient& recipient) {
  Key32 ephemeral;
  random_bytes(ephemeral.bytes());
  const Block32 share = x25519_public(ephemeral);
  Key32 shared;
  if (!x25519(ephemeral, recipient.point, shared)) {
    return fail(ErrorCode::kInvalidArgument, recipient.text(),
                {"This public key is of no use: anyone could read what is encrypted to it.",
                 "この公開鍵は安全でないため使用できません (誰でも復号できてしまいます)。"});
  }
  return Stanza{{std::string(kX25519Type), base64_encode(share, false)},
                wrap(x25519_wrap_key(shared, share, recipient), key)};
}

Result<Key32> scrypt_wrap_key(const SecretText& passphrase, ByteView salt, unsigned log_n) {
  std::string labelled(kScryptLabel);
  labelled += as_text(salt);
  return scrypt(passphrase.view(), std::as_bytes(std::span(labelled)), log_n);
}

Result<Stanza> wrap_scrypt(const FileKey& key, const AgeTargets& targets) {
  std::array<std::byte, kScryptSalt> salt;
  random_bytes(salt);
  KONSEKI_ASSIGN(const Key32 wrap_key,
                 scrypt_wrap_key(*targets.passphrase, salt, targets.scrypt_log_n));
  return Stanza{
      {std::string(kScryptType), base64_encode(salt, false), std::to_string(targets.scrypt_log_n)},
      wrap(wrap_key, key)};
}

// Nothing when the wrap key is not the right one.
std::optional<FileKey> unwrap(const Key32& wrap_key, const Stanza& stanza) {
  FileKey key;
  if (!aead_open(wrap_key, AeadNonce{}, stanza.body, key.bytes())) return std::nullopt;
  return key;
}

Result<Block32> x25519_share(const Stanza& stanza) {
  if (stanza.arguments.size() != 2) return bad_stanza("X25519 needs one argument");
  const auto bytes = strict_base64(stanza.arguments[1]);
  Block32 share;
  if (!bytes || bytes->size() != share.size()) return bad_stanza("X25519 share is not 32 bytes");
  if (stanza.body.size() != kWrappedKey) return bad_stanza("X25519 body is not 32 bytes");
  std::copy(bytes->begin(), bytes->end(), share.begin());
  return share;
}

Result<std::optional<FileKey>> unwrap_x25519(const Stanza& stanza,
                                             std::span<const AgeIdentity> identities) {
  KONSEKI_ASSIGN(const Block32 share, x25519_share(stanza));
  for (const AgeIdentity& identity : identities) {
    Key32 shared;
    if (!x25519(identity.scalar, share, shared)) return bad_stanza("X25519 share of small order");
    const Key32 wrap_key = x25519_wrap_key(shared, share, identity.recipient());
    if (auto key = unwrap(wrap_key, stanza)) return key;
  }
  return std::optional<FileKey>();
}

// A decimal number without sign or leading zeros.
std::optional<unsigned> work_factor(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool plain = !text.empty() && text.front() >= '1' && text.front() <= '9';
  if (!plain || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<std::optional<FileKey>> unwrap_scrypt(const Stanza& stanza,
                                             const std::optional<SecretText>& passphrase) {
  if (stanza.arguments.size() != 3) return bad_stanza("scrypt needs two arguments");
  const auto salt = strict_base64(stanza.arguments[1]);
  if (!salt || salt->size() != kScryptSalt) return bad_stanza("scrypt salt is not 16 bytes");
  if (stanza.body.size() != kWrappedKey) return bad_stanza("scrypt body is not 32 bytes");
  const auto log_n = work_factor(stanza.arguments[2]);
  if (!log_n) return bad_stanza("scrypt work factor is not a number");
  if (*log_n > kMostScryptLogN) {
    return fail(ErrorCode::kLimitExceeded, "scrypt work factor " + std::to_string(*log_n),
                {"The file asks for more memory than this program grants to a passphrase (4 GiB).",
                 "パスフレーズの処理に上限 (4 GiB) を超えるメモリを要求するファイルです。"});
  }
  if (!passphrase) return std::optional<FileKey>();
  KONSEKI_ASSIGN(const Key32 wrap_key, scrypt_wrap_key(*passphrase, *salt, *log_n));
  return unwrap(wrap_key, stanza);
}

tl::unexpected<Error> not_for_us(bool by_passphrase, const AgeIdentities& identities) {
  if (by_passphrase) {
    if (!identities.passphrase) {
      return fail(ErrorCode::kPermissionDenied, "encrypted with a passphrase",
                  {"Add --passphrase to be asked for it, or --passphrase-file FILE.",
                   "--passphrase (入力) または --passphrase-file FILE を付けてください。"});
    }
    return fail(ErrorCode::kPermissionDenied, "wrong passphrase",
                {"The passphrase does not open this file; mind upper case and keyboard layout.",
                 "パスフレーズが違います。大文字・小文字とキーボード配列を確認してください。"});
  }
  if (identities.keys.empty()) {
    return fail(ErrorCode::kPermissionDenied, "encrypted with age",
                {"Add --identity FILE with the secret key of one of its recipients.",
                 "受信者の秘密鍵を --identity FILE で指定してください。"});
  }
  return fail(ErrorCode::kPermissionDenied, "no identity matches",
              {"It is encrypted to other keys than those given with --identity.",
               "--identity で指定した鍵とは別の鍵あてに暗号化されています。"});
}

}  // namespace

Result<std::vector<Stanza>> wrap_file_key(const FileKey& key, const AgeTargets& targets) {
  if (targets.empty() || (targets.passphrase && !targets.recipients.empty())) {
    return fail(ErrorCode::kInvalidArgument, "recipients",
                {"Encrypt to public keys or with a passphrase, not with both.",
                 "公開鍵とパスフレーズは同時に使用できません。"});
  }
  std::vector<Stanza> stanzas;
  if (targets.passphrase) {
    KONSEKI_ASSIGN(stanzas.emplace_back(), wrap_scrypt(key, targets));
  }
  for (const AgeRecipient& recipient : targets.recipients) {
    KONSEKI_ASSIGN(stanzas.emplace_back(), wrap_x25519(key, recipient));
  }
  return stanzas;
}

Result<FileKey> unwrap_file_key(const AgeHeader& header, const AgeIdentities& identities) {
  const bool by_passphrase =
      std::any_of(header.stanzas.begin(), header.stanzas.end(),
                  [](const Stanza& stanza) { return stanza.type() == kScryptType; });
  if (by_passphrase && header.stanzas.size() != 1) {
    return bad_stanza("a passphrase stands beside other recipients");
  }
  for (const Stanza& stanza : header.stanzas) {
    std::optional<FileKey> key;
    if (stanza.type() == kX25519Type) {
      KONSEKI_ASSIGN(key, unwrap_x25519(stanza, identities.keys));
    } else if (by_passphrase) {
      KONSEKI_ASSIGN(key, unwrap_scrypt(stanza, identities.passphrase));
    }
    if (!key) continue;
    KONSEKI_TRY(check_age_header(header, *key));
    return *key;
  }
  return not_for_us(by_passphrase, identities);
}

}  // namespace konseki
