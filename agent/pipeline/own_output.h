// What Konseki made itself and meets again inside the evidence: bundles and rescue kits.
#pragma once

#include <optional>
#include <string_view>

#include "konseki/finding.h"

namespace konseki {

// First member of a bundle.
inline constexpr std::string_view kBundleRunName = "konseki/run.json";
inline constexpr std::string_view kKitFileName = "kit.json";

// A note (severity info) that `subject` is a bundle, with its case, run, host and time, from the
// text of its konseki/run.json; nothing where that is no such text. It says of itself what it is:
// anyone can write such a file. `opened`: its contents are looked at all the same.
std::optional<Finding> bundle_note(std::string_view run_json, const PathSpec& subject, bool opened);

// The same of a rescue kit, whose kit.json `subject` is.
std::optional<Finding> kit_note(std::string_view kit_json, const PathSpec& subject);

}  // namespace konseki
