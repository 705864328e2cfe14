// WebCacheV01.dat: what Internet Explorer 10 and later, Edge before Chromium, apps and every other
// program that uses WinINet visited, downloaded, cached and got cookies from.
#pragma once

#include "collectors/common/browser_history/history_place.h"
#include "konseki/byte_reader.h"
#include "konseki/record.h"
#include "konseki/result.h"

namespace konseki {

// kInvalidArgument when it is no ESE database; damage ends in the record of the database.
Result<void> read_web_cache(ByteReader& content, const HistoryPlace& place,
                            const RecordEmitter& emit);

}  // namespace konseki
