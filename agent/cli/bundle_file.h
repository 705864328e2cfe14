// Bundles that the user names, opened for reading.
#pragma once

#include <memory>
#include <string>

#include "konseki/bundle.h"
#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

// Opens the bundle at `path`; the error names the file and says what to do.
Result<std::unique_ptr<BundleReader>> open_bundle_file(const std::string& path);

// The last part of a path, whichever separator it uses.
std::string base_name(std::string_view path);

}  // namespace konseki
