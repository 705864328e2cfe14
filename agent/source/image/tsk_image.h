// A ByteReader as a Sleuth Kit image, and the library's errors as ours.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/base/handles/tsk.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// Takes over `reader`. One image serves one FileSystem: the library holds a lock during reads.
Result<TskImage> make_tsk_image(std::unique_ptr<ByteReader> reader);

// What the reader under `image` lost of the range; nothing for images of the library's own.
std::vector<ByteRange> lost_of_image(const TSK_IMG_INFO& image, const ByteRange& within);

// The library's last error on this thread as ours, with `context` before its words; clears it.
Error take_tsk_error(ErrorCode code, std::string_view context);

}  // namespace konseki
