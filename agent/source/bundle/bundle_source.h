// A bundle as a Source: an earlier collection examined like the host it came from.
#pragma once

#include <memory>
#include <string>

#include "konseki/source.h"

namespace konseki {

// `location` is what the user called it. kUnsupported when `file` is no bundle (is_bundle() in
// agent/bundle/reader.h tells that first). One file system a volume of the collected host, the
// system volume first; recorded_host() is what run.json says.
Result<std::unique_ptr<Source>> open_bundle_source(std::unique_ptr<ByteReader> file,
                                                   std::string location);

}  // namespace konseki
