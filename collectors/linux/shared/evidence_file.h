// What every collector of Linux configuration files does with a FileItem.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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

// False where the mode may be made up: unpacked copies seldom keep it.
bool has_real_mode(const FileItem& file);

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

// The address of a record that is emitted in finish(), when the pipeline no longer knows the file.
PathSpec address_of(const FileItem& file);

// The fields of records that are left out when empty.
void set_unless_empty(Record& record, std::string_view field, std::string_view value);
void set_unless_empty(Record& record, std::string_view field, std::vector<std::string> value);

// Emits `record` and, with the same address, `entry`.
void emit_with_persistence(Record&& record, const PersistenceEntry& entry,
                           const RecordEmitter& emit);

}  // namespace konseki
