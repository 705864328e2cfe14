// Bundles that the user names, opened for reading.
#pragma once

#include <memory>
#include <string>

#include "agent/cli/key_options.h"
#include "konseki/bundle.h"
#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

// Opens the bundle at `path`, decrypting it where need be; the error names the file and says what
// to do.
Result<std::unique_ptr<BundleReader>> open_bundle_file(const std::string& path,
                                                       const Unlocker& unlocker);

// The last part of a path, whichever separator it uses.
std::string base_name(std::string_view path);

}  // namespace konseki
