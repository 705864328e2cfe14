// Offers arbitrary bytes to a collector, as the fuzz targets and their regression test do.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "konseki/collector.h"

namespace konseki::testing {

// A path under which bytes are offered: display path ("/etc/crontab", "C:/Windows/...") of an
// ordinary file, or of a symlink whose target are the bytes.
struct PathHint {
  std::string path;
  bool symlink = false;
};

// One complete run of `collector` over `bytes` under each of the hints. Answers the number of
// hints that it wanted. Records are turned into JSON and dropped.
std::size_t offer_bytes(Collector& collector, std::span<const std::byte> bytes,
                        std::span<const PathHint> hints);

// Hints for a collector: the lines of its fuzz_paths.txt where `folder` (collectors/<os>/<name>)
// has one ('#' comments; "-> PATH" for a symlink), else the paths in its golden cases.
std::vector<PathHint> path_hints(const std::string& folder, const std::string& golden_directory,
                                 std::string_view collector);

}  // namespace konseki::testing
