// The parts of a bundle that reports read: its streams of JSON lines and its small members.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/seal/primitives.h"
#include "konseki/bundle.h"
#include "konseki/result.h"

namespace konseki {

// Names of the record schemas that the bundle holds, sorted.
std::vector<std::string> record_schemas(const BundleReader& bundle);

// Every line of a stream until `line` answers an error, which is passed on. A stream that the
// bundle does not hold has no lines.
Result<void> each_line(BundleReader& bundle, std::string_view stream,
                       const std::function<Result<void>(std::string_view)>& line);

// The text of a small member. LimitExceeded above 64 MiB.
Result<std::string> member_text(BundleReader& bundle, std::string_view name);

// What konseki/manifest.json says, read as a stream because it names every member.
struct ManifestFacts {
  Sha256 digest{};    // of the member as stored: the number a witness copies
  Blake64 to_sign{};  // of the same bytes: what its signature is over
  std::string run;    // the "run" object as JSON text; empty when absent
};
Result<ManifestFacts> manifest_facts(BundleReader& bundle);

}  // namespace konseki
