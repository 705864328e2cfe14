// Record tables of the HTML report: persistence, live state, accounts, everything else.
#pragma once

#include <cstddef>

#include "agent/report/html.h"
#include "agent/report/record_tables.h"
#include "agent/report/summary.h"
#include "konseki/bundle.h"

namespace konseki {

// Each reads its stream once and keeps no more rows than it shows; what deserves a look comes
// first (records with `signs` or `remarks`; persistence whose target is missing, changed or of no
// package), and the rest is counted.
Result<void> write_persistence(Html& html, BundleReader& bundle, const BundleSummary& summary,
                               std::size_t most);
Result<void> write_record_group(Html& html, BundleReader& bundle, const BundleSummary& summary,
                                TableGroup group, std::size_t most);

}  // namespace konseki
