#include "collectors/windows/live/gap_tally.h"

namespace konseki::windows {

GapTally::GapTally()
    : live::GapTally({{"Run as administrator to see it.", "管理者として実行すると取得できます。"},
                      {"Windows refuses this even to administrators (protected processes, other "
                       "owners).",
                       "保護されたプロセスなど、管理者にも Windows が拒否するものです。"}}) {}

Result<WindowsState*> windows_state_of(LiveHost& host) {
  if (WindowsState* state = host.windows()) return state;
  return fail(ErrorCode::kUnsupported, "no running Windows");
}

}  // namespace konseki::windows
