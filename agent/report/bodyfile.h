// A bundle as a bodyfile for mactime of The Sleuth Kit (3.x form).
#pragma once

#include <span>

#include "agent/report/output.h"
#include "konseki/bundle.h"
#include "konseki/record.h"

namespace konseki {

// MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime, one line a row of
// files.jsonl in the bundle's order (mactime sorts), then one line a record time. As fls does:
// "name -> target" for links, "(deleted)" behind deleted names, and a second line marked
// "($FILE_NAME)" with the times of NTFS's name attribute. Records become
// 0|[schema] timestamp_desc: address|0|0|0|0|0|0|time|0|0. Seconds, rounded down; 0 = not known.
// '|' and hidden characters in names, which the format cannot hold, are written as %7C, %0A.
// Modes that the volume does not have are "r/r---------".
Result<void> write_bodyfile(BundleReader& bundle, std::span<const RecordSchema* const> schemas,
                            const Output& write);

}  // namespace konseki
