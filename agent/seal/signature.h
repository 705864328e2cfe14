// Signatures in minisign's form: Ed25519 over a BLAKE2b-512 digest, with a trusted comment.
#pragma once

#include <string>
#include <string_view>

#include "agent/seal/signing_key.h"

namespace konseki {

// The four lines of a .minisig file.
struct MinisignSignature {
  std::array<std::byte, 8> key_id{};
  Signature64 signature{};
  std::string trusted_comment;
  Signature64 over_comment{};  // over signature and trusted comment

  // As sign_digest() writes it. The first line follows from the key id, so that no byte of the
  // text is free.
  std::string text() const;
};

// `trusted_comment` is one line; control characters in it are replaced by '?'.
MinisignSignature sign_digest(const SigningKey& key, const Blake64& digest,
                              std::string_view trusted_comment);

// kCorrupt when it is not in the form; kUnsupported for the old kind without prehashing.
Result<MinisignSignature> parse_signature(std::string_view text);

// True when `key` made the signature over `digest`, and the trusted comment is as signed.
bool verify_signature(const VerifyingKey& key, const Blake64& digest,
                      const MinisignSignature& signature);

Blake64 blake2b_512(std::string_view text);

}  // namespace konseki
