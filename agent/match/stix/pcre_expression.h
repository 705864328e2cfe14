// A regular expression that only PCRE2 can run, with bounds on what one text may cost.
#pragma once

#include <memory>
#include <string_view>

#include "konseki/result.h"

namespace konseki::stix {

// Immutable; searches may run side by side.
class PcreExpression {
 public:
  virtual ~PcreExpression() = default;
  // Whether it is found in `text`; kLimitExceeded when the bounds were reached before.
  virtual Result<bool> search(std::string_view text) const = 0;
};

// DOTALL; with `unicode` text is UTF-8 and classes are Unicode's, else bytes.
Result<std::unique_ptr<const PcreExpression>> compile_pcre(std::string_view pattern, bool unicode);

}  // namespace konseki::stix
