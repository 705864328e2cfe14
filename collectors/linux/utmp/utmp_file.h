// Whole utmp and lastlog files as records.
#pragma once

#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/host.h"
#include "konseki/record.h"

namespace konseki {

// Emits a linux.utmp record for every record of a utmp, wtmp or btmp file (`file` says which), in
// order; a cut last record is a partial one. kCorrupt when it is no such file.
Result<void> parse_utmp_file(ByteReader& content, std::string_view file, const RecordEmitter& emit);

// Emits a linux.lastlog record for every account that ever logged in. Holes are stepped over.
Result<void> parse_lastlog_file(ByteReader& content, const std::vector<HostUser>& users,
                                const RecordEmitter& emit);

}  // namespace konseki
