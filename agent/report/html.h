// Html: writes markup piece by piece; evidence goes through it escaped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/report/output.h"
#include "konseki/text.h"
#include "konseki/time.h"

namespace konseki {

// After an error of the sink everything is swallowed, and finish() tells it.
class Html {
 public:
  explicit Html(const Output& write) : write_(write) {}

  // Markup of ours, as it stands.
  Html& raw(std::string_view markup);
  // Words of ours in both languages; the page shows one.
  Html& both(const Bilingual& words);
  Html& both(std::string_view en, std::string_view ja);
  // Evidence: escaped, hidden characters as a boxed U+XXXX, ill-formed bytes as %XX. Beyond
  // `most` bytes it is cut, and says how much is missing.
  Html& text(std::string_view evidence, std::size_t most = 2000);
  // A number grouped in thousands.
  Html& number(std::uint64_t value);

  Result<void> finish();

 private:
  void flush();

  const Output& write_;
  std::string out_;
  std::optional<Error> failed_;
};

// Appends evidence for use inside a quoted attribute.
void append_attribute(std::string& out, std::string_view evidence);

}  // namespace konseki
