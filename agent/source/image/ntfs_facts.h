// Everything an MFT entry says of a file, gathered over its base and extension records.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/source/image/ntfs_record.h"
#include "agent/source/image/ntfs_volume.h"

namespace konseki {

// One name of a file, with its own copy of the text so that it outlives the record.
struct NtfsFileName {
  NtfsReference parent;
  NtfsName::Space space = NtfsName::kPosix;
  FileTimes times;
  std::string text;  // WTF-8
};

// A stream whose run list is spread over records.
struct NtfsPieces {
  std::vector<NtfsRun> runs;
  std::vector<std::byte> resident;
  bool is_resident = true;
  std::uint64_t size = 0;
  std::uint64_t initialised = 0;
  bool found = false;
};

// Reused from file to file: clear() keeps buffers.
struct NtfsFacts {
  NtfsHeader header;
  FileTimes times;
  std::uint32_t attributes = 0;
  std::uint32_t security_id = 0;
  std::string owner;                // from an old-style descriptor in the file itself
  std::vector<NtfsFileName> names;  // the first `name_count` are valid
  std::size_t name_count = 0;
  std::vector<StreamInfo> streams;
  bool has_data = false;       // an unnamed $DATA is there
  bool data_stored = false;    // and some of its bytes are on this volume
  bool data_complete = false;  // all of them, as far as its size and holes tell
  std::uint64_t size = 0;
  std::uint32_t reparse_tag = 0;
  std::string link_target;
  FileType reparse_type = FileType::kUnknown;
  bool damaged = false;  // an attribute or extension record could not be read

  void clear();
};

// Gathers facts from a base record (fixups undone), following its attribute list.
class NtfsFactReader {
 public:
  explicit NtfsFactReader(NtfsTable& table) : table_(table) {}

  void read(std::uint64_t number, std::span<const std::byte> record, const NtfsHeader& header,
            NtfsFacts& facts);

  // The pieces of one stream of a file, e.g. ($INDEX_ALLOCATION, "$I30").
  Result<NtfsPieces> pieces(std::uint64_t number, NtfsType type, std::string_view name);

 private:
  template <class Visit>
  void for_each_attribute(std::uint64_t number, std::span<const std::byte> record,
                          const NtfsHeader& header, bool& damaged, const Visit& visit);
  void take(const NtfsAttribute& attribute, NtfsFacts& facts);
  void take_reparse(const NtfsAttribute& attribute, NtfsFacts& facts);

  NtfsTable& table_;
  std::vector<std::byte> list_;
  std::vector<std::byte> extension_;
  std::vector<std::uint64_t> seen_;
};

// Fills `entry` but for its path and name times; `owner` from $Secure.
void fill_ntfs_entry(std::uint64_t number, const NtfsFacts& facts, const std::string& owner,
                     Entry& entry);

// Skips 8.3 aliases: is this the name to show, among all names of the file?
bool is_shown_name(const NtfsFacts& facts, std::size_t index);

}  // namespace konseki
