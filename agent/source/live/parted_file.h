// A file that a user names by its first part, opened whole.
#pragma once

#include <memory>
#include <string>

#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// Opens `path` and the parts that follow it by the names of part_path(), as one. The name of a
// later part stands for the first where that is there. kNotFound names a part that is missing
// while the next one is there; a missing last part cannot be told from a file cut short.
Result<std::unique_ptr<ByteReader>> open_parted_file(const std::string& path);

}  // namespace konseki
