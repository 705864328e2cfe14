// age's X25519 keys as people keep them: "age1…" for encrypting, "AGE-SECRET-KEY-1…" for
// decrypting, and the files that hold them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/seal/primitives.h"
#include "konseki/result.h"

namespace konseki {

// Public: whom a file is encrypted to.
struct AgeRecipient {
  Block32 point{};

  std::string text() const;  // "age1…"
  bool operator==(const AgeRecipient&) const = default;
};

// Secret: opens what was encrypted to its recipient.
struct AgeIdentity {
  Key32 scalar;

  static AgeIdentity generate();
  AgeRecipient recipient() const;
  SecretText text() const;  // "AGE-SECRET-KEY-1…"
};

// kInvalidArgument with advice that names what the text looks like instead (an SSH key, a
// plugin's key, a secret key in the place of a public one).
Result<AgeRecipient> parse_age_recipient(std::string_view text);
Result<AgeIdentity> parse_age_identity(std::string_view text);

// Files hold one key a line; empty lines and lines that begin with '#' are passed over. At least
// one key; `name` and the line stand in the error. Secrets are never part of an error.
Result<std::vector<AgeRecipient>> parse_recipients_file(std::string_view text,
                                                        std::string_view name);
Result<std::vector<AgeIdentity>> parse_identities_file(std::string_view text,
                                                       std::string_view name);

// The file that age-keygen writes: when it was made, the public key, the secret key.
SecretText identity_file(const AgeIdentity& identity, std::string_view created);

}  // namespace konseki
