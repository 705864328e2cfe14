// Recover: saves what a cut off or damaged bundle still holds into a new, sound one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/output_stream.h"
#include "agent/bundle/writer.h"
#include "konseki/bundle.h"
#include "konseki/text.h"

namespace konseki {

// A member that could not be saved as it was.
struct LostMember {
  std::string name;
  Bilingual why;
};

struct RecoverReport {
  std::uint64_t members = 0;        // saved
  std::uint64_t content_bytes = 0;  // of them
  bool had_manifest = false;        // members were checked against the old manifest
  std::vector<LostMember> lost;     // in the order of the tar, then those only a manifest names
  Sha256 manifest{};                // of the new bundle
};

struct RecoverOptions {
  BundleWriterOptions writer;
  std::string original;  // name of the damaged bundle, for the new manifest
};

// Writes every member that is whole, in order and under its name, to `out` and seals it; the new
// manifest's "run" says that and what was recovered. Where the old manifest can be read, only
// content that agrees with it is saved. Rows (*.jsonl) that are cut are kept up to their last
// whole line. An Error when nothing can be saved (kCorrupt) or `out` fails.
Result<RecoverReport> recover_bundle(std::unique_ptr<ByteReader> damaged, OutputStream& out,
                                     const RecoverOptions& options);

}  // namespace konseki
