// Makes the BundleWriter of docs/bundle-format.md.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/base/output_stream.h"
#include "agent/bundle/frame_writer.h"
#include "agent/seal/signing_key.h"
#include "konseki/bundle.h"

namespace konseki {

struct BundleWriterOptions {
  FrameOptions frames;
  // Modification time of members that the writer makes itself (segments, manifest): the run's
  // start, so that the same run gives the same bytes.
  Timestamp time;
  // Signs the manifest; null leaves the bundle unsigned. Must outlive the writer. `comment` makes
  // the signature's trusted comment, one line, from the manifest's digest.
  const SigningKey* signing_key = nullptr;
  std::function<std::string(const Sha256& manifest)> comment;
};

// `out` must outlive the writer. The caller adds konseki/run.json first, and commits the file
// after seal().
std::unique_ptr<BundleWriter> make_bundle_writer(OutputStream& out,
                                                 const BundleWriterOptions& options = {});

}  // namespace konseki
