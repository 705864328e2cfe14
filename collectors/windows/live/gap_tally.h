// GapTally with the advice that helps on Windows, and the way from WindowsState to it.
#pragma once

#include <string_view>

#include "collectors/live/gap_tally.h"
#include "konseki/windows_state.h"

namespace konseki::windows {

class GapTally : public live::GapTally {
 public:
  GapTally();

  // What WindowsState calls for each thing refused. Valid as long as this object.
  Withheld withheld() {
    return [this](std::string_view kind, std::string_view what, const Error& error) {
      add(kind, what, error);
    };
  }
};

// The state that `host` gives; kUnsupported when it is no running Windows.
Result<WindowsState*> windows_state_of(LiveHost& host);

}  // namespace konseki::windows
