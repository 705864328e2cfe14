// A whole access log as records.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/web/access_log/access_format.h"
#include "konseki/byte_reader.h"
#include "konseki/record.h"

namespace konseki {

// A format that a server's configuration names, and how it is written down.
struct ConfiguredFormat {
  std::string text;
  AccessFormat format;
};

// Emits a web.access record a line, and at the end one web.access_log record with the period that
// the file covers. `configured` formats are tried before the usual ones; W3C logs bring their own.
// Lines that fit none are counted, the first 100 of them emitted as corrupt records. `path` is
// only looked at for its rotation. kInvalidArgument when no line of the first thousand is of any
// known format: not an access log.
Result<void> parse_access_log(ByteReader& content, std::string_view path,
                              const std::vector<ConfiguredFormat>& configured,
                              const RecordEmitter& emit);

}  // namespace konseki
