// The header of an age file: who can open it, and a MAC over that (age-encryption.org/v1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/seal/primitives.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// The key that everything in one file hangs on.
using FileKey = Secret<16>;

// One way to the file key. `arguments` holds the type first.
struct Stanza {
  std::vector<std::string> arguments;
  std::vector<std::byte> body;

  std::string_view type() const { return arguments.front(); }
};

struct AgeHeader {
  std::vector<Stanza> stanzas;
  Block32 mac{};
  std::string authenticated;  // the bytes that the MAC is over, up to and with "---"
  std::uint64_t size = 0;     // of the header; the payload follows
};

// A header may be this long: some ten thousand recipients.
inline constexpr std::size_t kMostAgeHeader = 1024 * 1024;

// What a file's first bytes say.
enum class AgeForm {
  kNone,     // not age
  kBinary,   // age, version 1
  kArmored,  // age as text, which this program does not read
  kNewer,    // a version of age that this program does not know
};
Result<AgeForm> age_form(ByteReader& file);

// Reads the header at the start of `file`. Strict, as the specification asks: whatever is not
// exactly in its form is kCorrupt. A header over kMostAgeHeader is kLimitExceeded.
Result<AgeHeader> read_age_header(ByteReader& file);
Result<AgeHeader> parse_age_header(std::string_view start);

// kCorrupt unless the MAC is that of `key`.
Result<void> check_age_header(const AgeHeader& header, const FileKey& key);

std::string write_age_header(std::span<const Stanza> stanzas, const FileKey& key);

// Base64 without padding, canonical: nothing for any text that base64_encode does not write.
std::optional<std::vector<std::byte>> strict_base64(std::string_view text);

}  // namespace konseki
