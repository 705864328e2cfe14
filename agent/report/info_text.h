// A BundleSummary as text for a terminal and as JSON.
#pragma once

#include "agent/report/output.h"
#include "agent/report/summary.h"
#include "konseki/text.h"

namespace konseki {

enum class InfoForm {
  kFull,   // `konseki info`
  kShort,  // the closing lines of `konseki collect`
};

// Columns are aligned by East Asian width. Text of evidence is made visible, so that no name can
// steer the terminal.
Result<void> write_info_text(const BundleSummary& summary, Language language, InfoForm form,
                             const Output& write);

// One JSON object and a newline: `konseki info --json`. Keys are English and stable.
Result<void> write_info_json(const BundleSummary& summary, const Output& write);

}  // namespace konseki
