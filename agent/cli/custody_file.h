// The custody log beside a bundle's file.
#pragma once

#include <optional>
#include <string>

#include "agent/seal/custody_log.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

inline constexpr std::uint64_t kMostCustody = 64 * 1024 * 1024;

std::string custody_path(const std::string& bundle_path);

// Its text; nothing when there is no such file.
Result<std::optional<std::string>> read_custody_text(const std::string& bundle_path);

// SHA-256 of a whole file, hex.
Result<std::string> file_sha256(ByteReader& file);

}  // namespace konseki
