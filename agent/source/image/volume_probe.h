// What lies in a volume, by the signatures at its start; and what to say when it is unreadable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "konseki/byte_reader.h"
#include "konseki/text.h"

namespace konseki {

enum class VolumeKind {
  kFileSystem,  // one that we read: `type` is a first guess, the library has the last word
  kLvm,         // an LVM2 physical volume
  kApfs,        // an APFS container
  kUnreadable,  // known by its signature, not readable here
  kEmpty,       // only zeros where signatures lie
  kUnknown,     // none of the above
};

struct VolumeGuess {
  VolumeKind kind = VolumeKind::kUnknown;
  std::string_view type = "unknown";  // "ntfs", "xfs", "bitlocker", ...
  bool looks_random = false;          // kUnknown: every byte value about equally often
};

VolumeGuess probe_volume(ByteReader& volume);

// What a responder can do about a volume that cannot be read here.
Bilingual advice_for(std::string_view type);

}  // namespace konseki
