// Microsoft Defender as its registry keys have it.
#pragma once

#include "collectors/windows/live/gap_tally.h"
#include "konseki/collector.h"
#include "konseki/windows_state.h"

namespace konseki::windows {

// Emits windows.security_setting and windows.security_exclusion records. Keys that are not there
// are no gaps; keys that may not be read are ("could not look" is not "no exclusions").
void read_defender(WindowsState& state, Sink& sink, GapTally& gaps);

}  // namespace konseki::windows
