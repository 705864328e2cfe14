// The bytes before a member's content: pax extended header where needed, ustar header, sparse map
// (POSIX.1-2001 pax; GNU sparse 1.0).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "konseki/bundle.h"

namespace konseki {

inline constexpr std::size_t kTarBlock = 512;

// Bytes of zeros that follow `size` bytes of content.
constexpr std::uint64_t tar_padding(std::uint64_t size) {
  return (kTarBlock - size % kTarBlock) % kTarBlock;
}

// Content bytes that the tar holds for the member: the sum of its ranges, 0 for all but files.
std::uint64_t stored_size(const MemberHeader& header);

// Appends the header blocks. The header must be valid (check_member_header).
void append_tar_header(std::string& out, const MemberHeader& header);

// kInvalidArgument, saying why, for a header that no bundle may hold: a name that is not UTF-8,
// absolute, empty or has a "..", or sparse ranges out of order or not in whole blocks.
Result<void> check_member_header(const MemberHeader& header);

// The manifest's word for a type ("file", "directory", "symlink", "hardlink", ...).
std::string_view member_type_name(MemberType type);

}  // namespace konseki
