// How the file key reaches those who may open an age file: X25519 and scrypt stanzas.
#pragma once

#include <optional>
#include <vector>

#include "agent/seal/age_header.h"
#include "agent/seal/age_keys.h"

namespace konseki {

// Work factor of new passphrase files, as age's: 256 MiB and a second. Reading stops at the
// reference's limit, so that a file cannot ask for more than 4 GiB.
inline constexpr unsigned kScryptLogN = 18;
inline constexpr unsigned kMostScryptLogN = 22;

// Whom to encrypt to: recipients, or one passphrase. age knows no mixture of the two.
struct AgeTargets {
  std::vector<AgeRecipient> recipients;
  std::optional<SecretText> passphrase;
  unsigned scrypt_log_n = kScryptLogN;

  bool empty() const { return recipients.empty() && !passphrase; }
};

// What is there to open with.
struct AgeIdentities {
  std::vector<AgeIdentity> keys;
  std::optional<SecretText> passphrase;

  bool empty() const { return keys.empty() && !passphrase; }
};

// One stanza a recipient, or the passphrase's only one. kInvalidArgument for none or a mixture.
Result<std::vector<Stanza>> wrap_file_key(const FileKey& key, const AgeTargets& targets);

// The file key, its header checked. kPermissionDenied when no identity is right, or none of the
// kind asked for was given; kCorrupt when the header breaks the format; kLimitExceeded for a work
// factor above the limit. Stanzas of unknown types are passed over.
Result<FileKey> unwrap_file_key(const AgeHeader& header, const AgeIdentities& identities);

}  // namespace konseki
