// Makes the BundleWriter of docs/bundle-format.md.
#pragma once

#include <memory>

#include "agent/base/output_stream.h"
#include "agent/bundle/frame_writer.h"
#include "konseki/bundle.h"

namespace konseki {

struct BundleWriterOptions {
  FrameOptions frames;
  // Modification time of members that the writer makes itself (segments, manifest): the run's
  // start, so that the same run gives the same bytes.
  Timestamp time;
};

// `out` must outlive the writer. The caller adds konseki/run.json first, and commits the file
// after seal().
std::unique_ptr<BundleWriter> make_bundle_writer(OutputStream& out,
                                                 const BundleWriterOptions& options = {});

}  // namespace konseki
