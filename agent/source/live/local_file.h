// Evidence files that the user names: images, bundles, block devices.
#pragma once

#include <memory>
#include <string>

#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

enum class LocalFileKind { kRegular, kDirectory, kBlockDevice, kOther };

struct LocalFileFacts {
  LocalFileKind kind = LocalFileKind::kOther;
  std::uint64_t size = 0;  // bytes; of the whole medium for block devices where it can be opened
};

// What `path` is; symbolic links in it are followed, for the user gave it.
Result<LocalFileFacts> local_file_facts(const std::string& path);

// Opens a regular file or a block device read-only, sparing its access time where allowed. The
// reader knows holes of sparse files. InvalidArgument for anything else.
Result<std::unique_ptr<ByteReader>> open_local_file(const std::string& path);

// The same for reading as a medium (an image, a disk, a volume): in spite of sectors that cannot be
// read, which are zero and named by MediumReader::lost(), and aligned as raw devices ask. kNotFound
// once the device has gone.
Result<std::unique_ptr<ByteReader>> open_local_medium(const std::string& path);

// The file of this program, for its digest in the custody record.
Result<std::unique_ptr<ByteReader>> open_own_executable();

// Its absolute path, links resolved, with '/' between the parts on every system.
Result<std::string> own_executable_path();

}  // namespace konseki
