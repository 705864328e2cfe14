// A directory as a Source: a mounted volume, or an unpacked collection of another tool.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "konseki/source.h"

namespace konseki {

struct DirectoryOptions {
  bool cross_all = false;            // other file systems mounted below it, of any kind
  std::vector<std::string> exclude;  // absolute paths never looked into: our own output
};

// NotFound, PermissionDenied, or InvalidArgument when `location` is not a directory.
Result<std::unique_ptr<Source>> open_directory_source(const std::string& location,
                                                      const DirectoryOptions& options);

}  // namespace konseki
