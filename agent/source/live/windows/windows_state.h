// The state of the Windows that we run on, asked through its API.
#pragma once

#include <memory>

#include "konseki/windows_state.h"

namespace konseki {

// Switches on the right to look into other users' processes where our token has it (undone when
// the program ends). Functions that older systems lack are looked up when needed, in the system
// folder only: nothing that lies beside the program on a stick is loaded.
std::unique_ptr<WindowsState> make_windows_state();

}  // namespace konseki
