// The program's exit codes, the same for every verb.
#pragma once

namespace konseki {

enum ExitCode : int {
  kExitComplete = 0,
  kExitWithGaps = 1,      // done, but some things could not be looked at; they are listed
  kExitUsage = 2,         // the words on the command line make no sense
  kExitNotStarted = 3,    // the evidence or the output could not be opened
  kExitBundleUnsafe = 4,  // the bundle is damaged, or could not be written to its end
  kExitFinding = 10,      // a finding reached the severity of --fail-on
};

}  // namespace konseki
