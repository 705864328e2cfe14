// ClockState as JSON, the same in run.json and in the manifest's trailer.
#pragma once

#include <optional>

#include "agent/base/json_writer.h"
#include "konseki/live_host.h"

namespace konseki {

// `reference`: what a trusted watch showed at that moment, where somebody looked.
void write_clock(JsonWriter& json, const ClockState& clock,
                 const std::optional<Timestamp>& reference = std::nullopt);

}  // namespace konseki
