// Listing: every file of every volume, as rows, digests or content.
#pragma once

#include <stop_token>
#include <string_view>
#include <unordered_set>

#include "agent/pipeline/file_stage.h"
#include "konseki/source.h"

namespace konseki {

// What a profile (or --files) asks for each file that no definition named.
enum class FilesMode { kNone, kList, kDigest, kCollect };

// Display paths (with stream) that have their row already. Keeps 64-bit hashes, not the paths.
class SeenFiles {
 public:
  // True when it was not there before.
  bool insert(std::string_view display_path, std::string_view stream);
  bool contains(std::string_view display_path, std::string_view stream) const;

 private:
  std::unordered_set<std::size_t> hashes_;
};

// Walks every volume and submits what is not in `seen`; of a shadow copy only files whose facts
// differ from those of the volumes before it. Ends early, without error, when `stop`
// is requested. Directories that cannot be read become gaps.
Result<void> list_files(Source& source, FilesMode mode, const SeenFiles& seen, FileStage& stage,
                        Observer& observer, std::stop_token stop);

}  // namespace konseki
