// The options by which keys reach the verbs: what opens a bundle, whom a new one is encrypted to,
// who signs.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "agent/cli/arguments.h"
#include "agent/seal/age_reader.h"
#include "agent/seal/signing_key.h"

namespace konseki {

// Opens encrypted evidence with what the user gave; passes the rest on as it is.
class Unlocker {
 public:
  // --identity, and --passphrase and --passphrase-file with `prefix` before them.
  static std::vector<OptionSpec> options(std::string_view prefix = {});
  // Reads the key files and asks for the passphrase, where one is wanted.
  static Result<Unlocker> create(const Arguments& arguments, Language language,
                                 std::string_view prefix = {});

  // The clear content of `file`, or `file` itself when it is not encrypted. The error's advice
  // names the option that is missing.
  Result<std::unique_ptr<ByteReader>> unlock(std::unique_ptr<ByteReader> file) const;

  struct Salvaged {
    std::unique_ptr<ByteReader> file;
    std::shared_ptr<AgeDamage> damage;  // null when it was not encrypted
  };
  // The same with what is left of a damaged file.
  Result<Salvaged> salvage(std::unique_ptr<ByteReader> file) const;

 private:
  AgeIdentities identities_;
};

// --recipient and --recipients-file.
std::vector<OptionSpec> recipient_options();
// What they name; empty() when nothing. Errors speak of the option.
Result<AgeTargets> read_recipients(const Arguments& arguments);

// --signing-key and --signing-password-file.
std::vector<OptionSpec> signing_options(const Bilingual& help);
// Nothing when the option is not there. Asks at the terminal for a password that is needed and
// not in a file.
Result<std::optional<SigningKey>> read_signing_key(const Arguments& arguments, Language language);

// The public key that --public-key gives, as a line or as a file that holds it.
Result<VerifyingKey> read_verifying_key(const std::string& text_or_path);

}  // namespace konseki
