// Opening whatever the user names as evidence.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/own_files.h"
#include "konseki/byte_reader.h"
#include "konseki/source.h"

namespace konseki {

struct OpenOptions {
  bool cross_all = false;  // network and pseudo file systems too
  // Which shadow copies to show; asked only where there are some. An empty one: none.
  std::function<SnapshotChoice()> snapshots;
  // Where the output goes. A folder given as source is examined without it; on the live host only
  // what is in own_files is left out, and our own media are known by it.
  std::vector<std::string> outputs;
  std::shared_ptr<const OwnFiles> own_files;  // may be filled until the first walk; may be null
  // Given a file encrypted with age, answers its clear content; without it such files are refused.
  std::function<Result<std::unique_ptr<ByteReader>>(std::unique_ptr<ByteReader>)> unlock;
};

// The live host when `location` is empty; else a directory, a bundle, or a disk image or block
// device, told apart by content, never by name. Errors carry advice for the user.
Result<std::unique_ptr<Source>> open_source(const std::string& location,
                                            const OpenOptions& options);

}  // namespace konseki
