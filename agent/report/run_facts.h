// Reads konseki/run.json and the manifest's "run" object into a BundleSummary.
#pragma once

#include "agent/base/json_view.h"
#include "agent/report/summary.h"

namespace konseki {

void read_run(JsonView run, BundleSummary& summary);
void read_trailer(JsonView trailer, BundleSummary& summary);

}  // namespace konseki
