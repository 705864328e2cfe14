// The system clock and its state.
#pragma once

#include "konseki/live_host.h"
#include "konseki/result.h"

namespace konseki {

Result<ClockState> read_clock();

// The zone that a target of the link /etc/localtime names ("/usr/share/zoneinfo/Asia/Tokyo"); ""
// when it does not lead into a zoneinfo directory.
std::string zone_of_link(std::string_view target);

}  // namespace konseki
