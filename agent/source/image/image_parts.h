// Images in several files: how the next one is called.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/source/image/image_source.h"

namespace konseki {

// The name of part `index` (0-based) of a set whose first part is `first`, or nothing when
// `first` does not look like one or its scheme has no more names. Schemes: NAME.E01 … E99, EAA …
// ZZZ (also Ex01, s01, e01), NAME.001 …, NAME.000 …, NAME.aa …, NAME.aaa ….
std::optional<std::string> part_name(const std::string& first, std::uint32_t index);

// What the first part of the set that `path` belongs to may be called, likeliest first; `path`
// itself comes last.
std::vector<std::string> first_part_names(const std::string& path);

// Opens `first` and all its following parts. At least one reader, or the opener's error.
Result<std::vector<std::unique_ptr<ByteReader>>> open_parts(const std::string& first,
                                                            const FileOpener& open);

}  // namespace konseki
