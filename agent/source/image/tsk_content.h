// The bytes of a file as The Sleuth Kit reads them: resident, sparse, compressed, fragmented.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "agent/base/handles/tsk.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

struct ContentRequest {
  std::uint64_t inode = 0;
  std::string_view stream;  // alternate data stream (WTF-8); empty for the main one
  bool deleted = false;     // refuse unless every cluster is unallocated now
  std::string_view label;   // how errors call it
};

// A reader of one stream. It knows holes. Must not outlive `volume`.
Result<std::unique_ptr<ByteReader>> open_tsk_content(TSK_FS_INFO* volume,
                                                     const ContentRequest& request);

}  // namespace konseki
