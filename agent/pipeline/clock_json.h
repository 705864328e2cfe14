// ClockState as JSON, the same in run.json and in the manifest's trailer.
#pragma once

#include "agent/base/json_writer.h"
#include "konseki/live_host.h"

namespace konseki {

void write_clock(JsonWriter& json, const ClockState& clock);

}  // namespace konseki
