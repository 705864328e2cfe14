// FileTask: one file that somebody wants to go through the run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "konseki/file_system.h"

namespace konseki {

enum class FileAction {
  kCollect,  // content into the bundle, parsed by the collectors that want it
  kDigest,   // content read for its digests only
  kList,     // facts only
};

// `entry` is its own copy.
struct FileTask {
  FileSystem* file_system = nullptr;
  Entry entry;
  std::string stream;
  std::uint64_t size = 0;  // of the stream
  std::vector<std::string> artifacts;
  FileAction action = FileAction::kCollect;
  bool core = false;           // exempt from the limit on one file's size
  bool again = false;          // read before in this run: matchers have seen it
  bool listed_before = false;  // matchers have seen its facts, not its content
};

}  // namespace konseki
