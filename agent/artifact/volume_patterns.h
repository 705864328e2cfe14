// Where an expanded path pattern applies: its part inside one volume.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/artifact/pattern_trie.h"
#include "konseki/artifact.h"
#include "konseki/file_system.h"

namespace konseki {

// The pattern below the volume's root when the volume has Windows paths: "C:/x" (also "//./C:/x",
// "//?/C:/x") belongs to the volume mounted as C:, "/x" to every volume. Nothing when it lies
// elsewhere.
std::optional<std::string> windows_pattern_on(std::string_view pattern, const VolumeInfo& volume);

// Adds one path of a definition, variables expanded, to the trie of a volume. A ':' in the last
// segment names an alternate stream where the volume has Windows paths.
void add_pattern(PatternTrie& trie, std::string_view pattern, const ArtifactPath& path,
                 const VolumeInfo& volume, std::uint32_t artifact, bool content);

// The states in which a walk of the volume begins: Linux patterns are absolute, so those that pass
// through the mount point have consumed its segments.
PatternStates states_at_root(const PatternTrie& trie, const VolumeInfo& volume);

}  // namespace konseki
