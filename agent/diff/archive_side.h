// A side over what was shipped: a Debian package, or the archive of a release.
#pragma once

#include <memory>
#include <string>

#include "agent/diff/side.h"

namespace konseki {

// `content` is a Debian package or an archive of any form that agent/match/container reads; it is
// unpacked once as a stream to take the digests, and once more for contents(). `root`: only what
// lies below; empty: everything. Archives that do not unpack to their end are refused: what
// is missing from them would look as if somebody had added it.
Result<std::unique_ptr<Side>> make_archive_side(std::unique_ptr<ByteReader> content,
                                                std::string name, const std::string& root);

}  // namespace konseki
