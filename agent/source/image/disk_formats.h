// The containers of disk images, each opened as the bytes of the medium inside.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/source/image/image_source.h"

namespace konseki {

// Each takes over the already opened file(s); errors name `path`.
Result<std::unique_ptr<ByteReader>> open_ewf(const std::string& path,
                                             std::vector<std::unique_ptr<ByteReader>> segments);
Result<std::unique_ptr<ByteReader>> open_qcow(const std::string& path,
                                              std::unique_ptr<ByteReader> file);
Result<std::unique_ptr<ByteReader>> open_vhd(const std::string& path,
                                             std::unique_ptr<ByteReader> file);
// Extents that are separate files are opened beside `path`.
Result<std::unique_ptr<ByteReader>> open_vmdk(const std::string& path,
                                              std::unique_ptr<ByteReader> file,
                                              const FileOpener& open);

}  // namespace konseki
