// Sides over evidence: a folder, an image, this host, or an earlier bundle.
#pragma once

#include <memory>
#include <string>

#include "agent/diff/side.h"
#include "konseki/bundle.h"
#include "konseki/source.h"

namespace konseki {

// Everything below `root` (display path; empty: all volumes but shadow copies) of `source`, which
// must outlive the side. kNotFound when there is no such folder.
Result<std::unique_ptr<Side>> make_source_side(Source& source, std::string name,
                                               const std::string& root);

// What a bundle lists; contents where it holds them, digests else.
Result<std::unique_ptr<Side>> make_bundle_side(std::unique_ptr<BundleReader> bundle,
                                               std::string name, const std::string& root);

// Display paths as sides keep them: no '/' at either end, backslashes of Windows turned.
std::string side_path(std::string_view path);

// True for `path` itself and all below; the empty folder holds everything.
bool is_below(std::string_view path, std::string_view folder);

}  // namespace konseki
