// What a stable reason code means to a person, and what can be done about it.
#pragma once

#include <string_view>

#include "konseki/text.h"

namespace konseki {

struct ReasonText {
  Bilingual meaning;
  Bilingual advice;
};

// Of files.jsonl's `reason` and of error codes in gaps. Unknown codes are answered as themselves,
// without advice. `privileged`: the run had full privileges already, so that "run as root" would
// be no advice.
ReasonText reason_text(std::string_view reason, bool privileged);

// The way forward for a volume type that cannot be read ("bitlocker", "xfs", ...).
Bilingual unreadable_volume_advice(std::string_view type);

}  // namespace konseki
