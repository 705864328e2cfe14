#include "agent/seal/age_keys.h"

#include <algorithm>
#include <functional>

#include "agent/seal/bech32.h"

namespace konseki {
namespace {

constexpr std::string_view kRecipientPrefix = "age";
constexpr std::string_view kIdentityPrefix = "age-secret-key-";

std::string upper_case(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

Bilingual recipient_advice(std::string_view text) {
  if (text.starts_with("AGE-SECRET-KEY-") || text.starts_with("age-secret-key-")) {
    return {"This is a secret key; it must not be here. Give the public key that begins with age1.",
            "これは秘密鍵です。ここには age1 で始まる公開鍵を指定してください。"};
  }
  if (text.starts_with("ssh-")) {
    return {"SSH keys are not supported; make a key with: konseki key generate",
            "SSH 鍵には対応していません。konseki key generate で鍵を作成してください。"};
  }
  if (text.starts_with("age1") && text.find('1', 4) != std::string_view::npos) {
    return {
        "Keys of plugins and post-quantum keys are not supported; make one with: konseki key "
        "generate",
        "プラグインや耐量子暗号の鍵には対応していません。konseki key generate で鍵を作成して"
        "ください。"};
  }
  return {"A public key begins with age1 and has 62 characters; check that none was lost.",
          "公開鍵は age1 で始まる 62 文字です。欠けや誤りがないか確認してください。"};
}

const Bilingual kIdentityAdvice{
    "A secret key begins with AGE-SECRET-KEY-1 and has 74 characters, as konseki key generate and "
    "age-keygen write it.",
    "秘密鍵は AGE-SECRET-KEY-1 で始まる 74 文字です (konseki key generate・age-keygen の形式)。"};

const Bilingual kEncryptedIdentity{
    "The key file is itself encrypted. Decrypt it first: age -d -o KEY FILE",
    "鍵ファイル自体が暗号化されています。先に復号してください: age -d -o KEY FILE"};

// Calls `line` with each line that holds something.
Result<void> each_key_line(std::string_view text, std::string_view name,
                           const std::function<Result<void>(std::string_view)>& line) {
  std::size_t number = 0;
  bool any = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view found = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (found.ends_with('\r')) found.remove_suffix(1);
    if (found.empty() || found.front() == '#') continue;
    any = true;
    auto taken = line(found);
    if (!taken) {
      taken.error().detail = std::string(name) + ":" + std::to_string(number);
      return taken;
    }
  }
  if (any) return {};
  return fail(
      ErrorCode::kInvalidArgument, std::string(name) + ": no key",
      {"The file holds no key, one a line.", "鍵が 1 つも書かれていません (1 行に 1 つ)。"});
}

}  // namespace

std::string AgeRecipient::text() const { return bech32_encode(kRecipientPrefix, point); }

AgeIdentity AgeIdentity::generate() {
  AgeIdentity identity;
  random_bytes(identity.scalar.bytes());
  return identity;
}

AgeRecipient AgeIdentity::recipient() const { return {x25519_public(scalar)}; }

SecretText AgeIdentity::text() const {
  std::string lower = bech32_encode(kIdentityPrefix, scalar.bytes());
  std::string upper = upper_case(lower);
  SecretText text(upper);
  wipe(std::as_writable_bytes(std::span(lower)));
  wipe(std::as_writable_bytes(std::span(upper)));
  return text;
}

Result<AgeRecipient> parse_age_recipient(std::string_view text) {
  const auto decoded = bech32_decode(text);
  AgeRecipient recipient;
  if (!decoded || decoded->upper || decoded->prefix != kRecipientPrefix ||
      decoded->data.size() != recipient.point.size()) {
    return fail(ErrorCode::kInvalidArgument, "public key", recipient_advice(text));
  }
  std::copy(decoded->data.begin(), decoded->data.end(), recipient.point.begin());
  return recipient;
}

Result<AgeIdentity> parse_age_identity(std::string_view text) {
  auto decoded = bech32_decode(text);
  AgeIdentity identity;
  if (!decoded || !decoded->upper || decoded->prefix != kIdentityPrefix ||
      decoded->data.size() != identity.scalar.bytes().size()) {
    return fail(ErrorCode::kInvalidArgument, "secret key", kIdentityAdvice);
  }
  std::copy(decoded->data.begin(), decoded->data.end(), identity.scalar.bytes().begin());
  wipe(decoded->data);
  return identity;
}

Result<std::vector<AgeRecipient>> parse_recipients_file(std::string_view text,
                                                        std::string_view name) {
  std::vector<AgeRecipient> recipients;
  KONSEKI_TRY(each_key_line(text, name, [&](std::string_view line) -> Result<void> {
    KONSEKI_ASSIGN(recipients.emplace_back(), parse_age_recipient(line));
    return {};
  }));
  return recipients;
}

Result<std::vector<AgeIdentity>> parse_identities_file(std::string_view text,
                                                       std::string_view name) {
  if (text.starts_with("age-encryption.org/") || text.starts_with("-----BEGIN AGE ENCRYPTED")) {
    return fail(ErrorCode::kUnsupported, std::string(name), kEncryptedIdentity);
  }
  std::vector<AgeIdentity> identities;
  KONSEKI_TRY(each_key_line(text, name, [&](std::string_view line) -> Result<void> {
    KONSEKI_ASSIGN(identities.emplace_back(), parse_age_identity(line));
    return {};
  }));
  return identities;
}

SecretText identity_file(const AgeIdentity& identity, std::string_view created) {
  SecretText text;
  text.append("# created: ");
  text.append(created);
  text.append("\n# public key: " + identity.recipient().text() + "\n");
  text.append(identity.text().view());
  text.append("\n");
  return text;
}

}  // namespace konseki
