// Entry from a row of konseki/files.jsonl: the facts as they were collected.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/base/file_row_view.h"
#include "konseki/file_system.h"

namespace konseki {

// The row's path inside its volume, in the form of Entry::path (raw bytes where the row has
// them). Nothing when the path does not lie on the volume.
std::optional<std::string> row_path(const FileRowView& row, const VolumeInfo& volume);

// True when the row says it is of the volume. One that names none goes by its path.
bool is_row_of(const FileRowView& row, const VolumeInfo& volume);

// kWindows for lettered and "$fs$" mounts of Windows file systems, where nothing says it better.
PathStyle guess_path_style(std::string_view mount, std::string_view type);

// The volume that a member lies on, by its name; null when it is none of them.
const VolumeInfo* volume_of_member(std::span<const VolumeInfo* const> volumes,
                                   std::string_view name);

// A member that no row speaks of: its path and stream, as far as the name tells.
struct BareMember {
  std::string path;
  std::string stream;
};
BareMember bare_member(std::string_view name, const VolumeInfo& volume);

// Every fact of the row; `path` as row_path() answered it.
Entry row_entry(const FileRowView& row, std::string path);

// "regular" and so on as files.jsonl writes it.
FileType parse_file_type(std::string_view name);

}  // namespace konseki
