// KnownGood: content that somebody trustworthy knows to be harmless.
#pragma once

#include <string>
#include <string_view>

#include "konseki/matcher.h"

namespace konseki {

// Thread-safe for asking. A file is known by its content alone, never by its name.
class KnownGood {
 public:
  virtual ~KnownGood() = default;

  // True when the content with these digests is known.
  virtual bool knows(const Digests& digests) const = 0;
};

}  // namespace konseki
