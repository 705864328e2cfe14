// What every collector of Linux configuration files does with a FileItem.
#pragma once

#include <string>
#include <string_view>

#include "konseki/collector.h"
#include "konseki/persistence.h"

namespace konseki {

// The path as the evidence's own system knew it: the display path without the "/$fs$/fsN" of a
// volume that has no place in the tree.
std::string_view system_path(const FileItem& file);

// The display path of an absolute path that a file of this volume names.
std::string display_target(const VolumeInfo& volume, std::string_view absolute_path);

// `target` as a symlink at `link` (both absolute, of the evidence's system) would be followed,
// "." and ".." resolved by text.
std::string resolve_link(std::string_view link, std::string_view target);

struct FileText {
  std::string text;
  bool cut = false;  // the file goes on beyond the limit
};

// At most `limit` bytes of the file.
Result<FileText> read_text(ByteReader& content, std::uint64_t limit);

// The note of a record whose file was read only in part.
std::string cut_note(std::uint64_t limit);

// An entry with what the file alone says: location, since, and enabled = false where the file is
// deleted. `since` is the later of modification and creation: content cannot have been here, as
// it is now, for less long than that.
PersistenceEntry persistence_of(const FileItem& file, std::string_view mechanism,
                                std::string_view technique);

// Emits `record` and, with the same address, `entry`.
void emit_with_persistence(Record&& record, const PersistenceEntry& entry,
                           const RecordEmitter& emit);

}  // namespace konseki
