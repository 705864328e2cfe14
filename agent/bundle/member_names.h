// MemberNames: from a place in the evidence to its member in the bundle. The rules are those of
// docs/bundle-format.md, each there because some tool loses files without it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "agent/bundle/hash_set.h"
#include "konseki/bundle.h"
#include "konseki/file_system.h"

namespace konseki {

// "fs/C:", "[root]", "[root]/var", "fs/$fs$/fs0": what names of this volume begin with.
std::string member_prefix(const VolumeInfo& volume);

// A path of evidence as valid UTF-8 that stays inside its folder: ill-formed bytes as %XX, lone
// surrogates as %uD800, NUL as %00, "." and ".." as %2E and %2E%2E, an empty part as "%". On
// Windows volumes '\' becomes %5C, which Windows tools would take for a folder.
std::string safe_member_path(std::string_view path, PathStyle style);

// True when content may be stored as a hard link to an equal member: from 64 KiB and only when no
// parser reads it. dissect shows links as empty, plaso passes them by.
bool may_be_hard_link(std::uint64_t size, bool parsed);

// Hands out names, each once. Holds hashes, 8 to 16 bytes a name. Not thread-safe. The same calls
// give the same names.
class MemberNames {
 public:
  // The header of an item, with a final name and all that the entry knows: type, size, mode,
  // owner, modification time and link target. `stream` is an alternate stream's name or empty.
  // Only regular files have content; a directory gets an entry only when it is empty.
  MemberHeader header(const VolumeInfo& volume, const Entry& entry, std::string_view stream = {});

  // The directory entry that must come before anything else of a Windows volume, and for the
  // system volume before any other volume.
  MemberHeader volume_root(const VolumeInfo& volume);

  // Any name, made unique.
  std::string unique(std::string name) { return unique(std::move(name), false); }

 private:
  std::string unique(std::string name, bool is_directory);
  bool is_file(std::string_view name) const;
  bool is_taken(std::string_view name) const;
  void take(std::string_view name, bool is_directory);

  HashSet names_;        // every member but folders
  HashSet directories_;  // every folder, by its own entry or above a member
};

}  // namespace konseki
