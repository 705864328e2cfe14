// Opening whatever the user names as evidence.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "konseki/source.h"

namespace konseki {

struct OpenOptions {
  bool cross_all = false;            // network and pseudo file systems too
  std::vector<std::string> exclude;  // absolute paths never looked into: our own output
};

// The live host when `location` is empty; else a directory, a bundle, or a disk image or block
// device, told apart by content, never by name. Errors carry advice for the user.
Result<std::unique_ptr<Source>> open_source(const std::string& location,
                                            const OpenOptions& options);

}  // namespace konseki
