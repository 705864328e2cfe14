// Keys for signing, in minisign's form (Ed25519).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "agent/seal/primitives.h"
#include "konseki/result.h"

namespace konseki {

struct VerifyingKey {
  std::array<std::byte, 8> id{};
  Block32 point{};

  std::string text() const;     // the line "RW…" that minisign -P takes
  std::string id_text() const;  // 16 hex digits, as minisign shows it
  std::string file() const;     // a minisign public key file
  bool operator==(const VerifyingKey&) const = default;
};

struct SigningKey {
  VerifyingKey verifying;
  Secret<64> secret;

  static SigningKey generate();
  SecretText file() const;  // a minisign secret key file that is not encrypted (minisign -W)
};

// The line "RW…", alone or in a public key file. kInvalidArgument.
Result<VerifyingKey> parse_verifying_key(std::string_view text);

// True for the content of a secret key file that asks for a password.
bool needs_password(std::string_view text);

// The content of a minisign secret key file. kPermissionDenied when the password is wrong or
// missing, kInvalidArgument when it is no such file, kLimitExceeded when its password would take
// more than 4 GiB of memory. Secrets are never part of an error.
Result<SigningKey> parse_signing_key(std::string_view text,
                                     const std::optional<SecretText>& password);

}  // namespace konseki
