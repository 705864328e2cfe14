// MFT records of NTFS: header, fixups, attributes and run lists. Pure decoding of bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "konseki/file_system.h"

namespace konseki {

enum class NtfsType : std::uint32_t {
  kStandardInformation = 0x10,
  kAttributeList = 0x20,
  kFileName = 0x30,
  kSecurityDescriptor = 0x50,
  kVolumeName = 0x60,
  kData = 0x80,
  kIndexRoot = 0x90,
  kIndexAllocation = 0xa0,
  kBitmap = 0xb0,
  kReparsePoint = 0xc0,
};

// A reference to a file: record number and the sequence it had.
struct NtfsReference {
  std::uint64_t record = 0;
  std::uint16_t sequence = 0;

  static NtfsReference from(std::uint64_t raw) {
    return {raw & 0xffff'ffff'ffff, static_cast<std::uint16_t>(raw >> 48)};
  }
};

struct NtfsHeader {
  std::uint16_t sequence = 0;
  std::uint16_t link_count = 0;
  bool in_use = false;
  bool directory = false;
  NtfsReference base;  // record 0 and sequence 0 in base records
  bool is_base = true;
  std::uint16_t first_attribute = 0;
  std::uint32_t used = 0;  // bytes, within the record
};

// One attribute; spans point into the record.
struct NtfsAttribute {
  NtfsType type{};
  std::uint16_t id = 0;
  std::uint16_t flags = 0;  // 0x0001 compressed, 0x4000 encrypted, 0x8000 sparse
  bool resident = true;
  std::span<const std::byte> name;     // UTF-16LE
  std::span<const std::byte> content;  // resident
  std::span<const std::byte> runs;     // non-resident: encoded run list
  std::uint64_t first_vcn = 0;
  std::uint64_t size = 0;  // of the stream; valid where first_vcn is 0
  std::uint64_t initialised = 0;
  std::uint64_t allocated = 0;  // bytes of clusters really taken by the stream
};

// One $FILE_NAME. `name` points into the record.
struct NtfsName {
  enum Space : std::uint8_t { kPosix = 0, kWin32 = 1, kDos = 2, kWin32AndDos = 3 };
  NtfsReference parent;
  Space space = kPosix;
  FileTimes times;
  std::span<const std::byte> name;  // UTF-16LE
};

struct NtfsRun {
  static constexpr std::uint64_t kSparse = ~std::uint64_t{0};
  std::uint64_t vcn = 0;
  std::uint64_t length = 0;  // clusters
  std::uint64_t lcn = 0;     // kSparse: a hole
};

// Checks and undoes the update sequence of a record or index block in place. False when it has
// no FILE or INDX signature or its sectors do not match (a torn write, or not a record).
bool apply_ntfs_fixup(std::span<std::byte> record, std::string_view signature);

// Nothing when the header contradicts the record's size.
std::optional<NtfsHeader> decode_ntfs_header(std::span<const std::byte> record);

// Visits attributes in order: `NtfsAttributes walk(record, header); while (walk.next(a)) …`.
// Ends at the end mark or at the first attribute that does not fit.
class NtfsAttributes {
 public:
  NtfsAttributes(std::span<const std::byte> record, const NtfsHeader& header)
      : record_(record.first(header.used)), at_(header.first_attribute) {}
  bool next(NtfsAttribute& attribute);
  bool damaged() const { return damaged_; }

 private:
  std::span<const std::byte> record_;
  std::size_t at_;
  bool damaged_ = false;
};

// A $FILE_NAME attribute's content, or the key of an index entry of $I30.
std::optional<NtfsName> decode_ntfs_name(std::span<const std::byte> content);

// Appends runs starting at `vcn`; false when the list is damaged (what was sound is kept).
bool decode_ntfs_runs(std::span<const std::byte> encoded, std::uint64_t vcn,
                      std::vector<NtfsRun>& runs);

// A FILETIME, absent when zero.
std::optional<Timestamp> ntfs_time(std::uint64_t ticks);

// Appends UTF-16LE as WTF-8.
void append_utf16le(std::string& out, std::span<const std::byte> name);

}  // namespace konseki
