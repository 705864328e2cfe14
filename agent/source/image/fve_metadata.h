// What BitLocker says of itself in the clear: how a volume is encrypted and what unlocks it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

// One way to unlock the volume.
struct FveProtector {
  std::uint16_t kind = 0;
  std::string id;  // lower-case GUID: what a recovery key is looked up by (AD, Entra, printout)

  // "clear key", "TPM", "startup key", "TPM and PIN", "recovery password", "password", "0x...".
  std::string kind_name() const;
};

// [libyal: BitLocker Drive Encryption (BDE) format]
struct FveFacts {
  std::string volume_id;
  std::string method;       // "AES-XTS 128", ...
  std::string state;        // "encrypted", "encrypting", ...
  std::string description;  // host, volume and day as the setup wrote them; may be empty
  Timestamp created;
  std::vector<FveProtector> protectors;

  // Protection is suspended: the key lies in the clear on the disk.
  bool has_clear_key() const;
  // One line, language-neutral.
  std::string text() const;
};

// Is this the start of a BitLocker volume (Vista, 7 and later, To Go)?
bool is_fve_volume(ByteReader& volume);

// Reads the first sound copy of the metadata. kNotFound where the volume is none of BitLocker's,
// kCorrupt where no copy is sound. Sizes are checked; nothing is decrypted.
Result<FveFacts> read_fve_facts(ByteReader& volume);

}  // namespace konseki
