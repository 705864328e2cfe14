// MountedNtfs: what Linux drivers of NTFS tell beyond stat, through extended attributes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "agent/source/live/linux/entry_facts.h"
#include "konseki/byte_reader.h"
#include "konseki/file_system.h"
#include "konseki/result.h"

namespace konseki {

// ntfs-3g and ntfs3 give file attributes, reparse data and (ntfs-3g) all four times and alternate
// streams (as user.NAME, by its default option). Needed above all to know files whose data lies in
// the cloud, which read as zeros here. Needs /proc; without it nothing is added.
class MountedNtfs {
 public:
  // Adds to an entry that fill_entry() has filled for `name` in `directory`. Does nothing on other
  // file systems, which it tells once a device.
  void complete(int directory, const char* name, const StatAnswer& answer, Entry& entry);

  // A stream that complete() found. LimitExceeded past what the system hands out (64 KiB).
  static Result<std::unique_ptr<ByteReader>> open_stream(int file, const std::string& path,
                                                         std::string_view stream);

 private:
  enum class Kind { kOther, kNtfs, kNtfsWithStreams };
  Kind kind_of(int directory, const std::string& path, std::uint64_t device);

  std::map<std::uint64_t, Kind> kinds_;  // by device
  std::uint64_t last_device_ = ~std::uint64_t{0};
  Kind last_kind_ = Kind::kOther;
};

// Whether a file's data is elsewhere: by FILE_ATTRIBUTE_*, reparse tag, size and stored bytes.
// Sync engines leave their tag on files they have fetched, and anyone may set "offline", so those
// two count only where bytes are missing.
bool is_cloud_placeholder(std::uint32_t attributes, std::uint32_t reparse_tag, std::uint64_t size,
                          std::uint64_t stored);

}  // namespace konseki
