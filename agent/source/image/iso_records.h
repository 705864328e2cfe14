// Decoders of ISO 9660 directory records and their Rock Ridge fields: pure, bytes in, facts out.
// ECMA-119 (directory records, times), Joliet (UCS-2 names), IEEE P1281 and P1282 (SUSP, RRIP).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "konseki/file_system.h"

namespace konseki {

// Which names and facts of a disc are read; all three may be on one disc.
enum class IsoNames { kPlain, kJoliet, kRockRidge };

// A stretch of the disc in logical blocks, length in bytes.
struct IsoExtent {
  std::uint32_t block = 0;
  std::uint32_t size = 0;
};

struct IsoRecord {
  IsoExtent extent;
  std::uint8_t extended_blocks = 0;  // extended attributes that lie before the content
  std::uint8_t flags = 0;
  bool interleaved = false;
  std::span<const std::byte> name;
  std::span<const std::byte> system_use;
  std::optional<Timestamp> time;

  bool is_directory() const { return (flags & 2) != 0; }
  bool is_associated() const { return (flags & 4) != 0; }
  bool continues() const { return (flags & 0x80) != 0; }  // the next record is more of this file
  // The record of the directory itself, or of its parent.
  bool is_dot() const { return name.size() == 1 && name[0] <= std::byte{1}; }
};

// The record that `bytes` starts with; nothing where there is none (a zero length ends a block) or
// where it does not fit. Spans point into `bytes`.
std::optional<IsoRecord> decode_iso_record(std::span<const std::byte> bytes);

// ECMA-119 9.1.5: seven bytes with their own distance from UTC. Nothing for zeros and nonsense.
std::optional<Timestamp> decode_iso_time(std::span<const std::byte> bytes);

// The name without the ";1" and the lone dot of plain ISO 9660; WTF-8 for Joliet.
std::string decode_iso_name(std::span<const std::byte> name, IsoNames names);

// What Rock Ridge says of one record; absent fields stay as they are.
struct RockRidge {
  std::string name;
  std::optional<std::uint32_t> mode;  // with the type, as st_mode
  std::uint32_t links = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  FileTimes times;
  std::string link_target;
  std::optional<std::uint32_t> child_block;  // a directory moved here from its record's place
  bool moved = false;                        // the copy at the place it was moved to: not shown
  std::optional<std::uint64_t> packed_size;  // zisofs: size of the content when unpacked
};

// Reads a part of the disc for a field that goes on elsewhere; empty when it cannot.
using IsoBlockReader =
    std::function<std::vector<std::byte>(IsoExtent extent, std::uint32_t offset)>;

// `skip`: bytes that the root's SP field tells to pass over.
RockRidge decode_rock_ridge(std::span<const std::byte> system_use, std::size_t skip,
                            const IsoBlockReader& read);

// The SP field of the root's own record: present on discs with Rock Ridge; its count of bytes.
std::optional<std::size_t> find_susp_skip(std::span<const std::byte> system_use);

}  // namespace konseki
