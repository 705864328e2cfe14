// EvidenceLinks: follows symbolic links and junctions inside the evidence, never outside of it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "konseki/file_system.h"

namespace konseki {

// True for volumes whose display paths are Windows paths ("C:/..."), whatever their file system.
bool has_windows_paths(const VolumeInfo& volume);

// True for a symbolic link or junction, whose target may be followed.
bool is_link(const Entry& entry);

struct LocatedEntry {
  std::size_t volume = 0;
  Entry entry;
};

// Looks across all volumes of one source, since a link may cross them. Not thread-safe.
class EvidenceLinks {
 public:
  explicit EvidenceLinks(std::span<const std::unique_ptr<FileSystem>> volumes)
      : volumes_(volumes) {}

  // What the link leads to in the end (never a link), or nothing when that does not exist in the
  // evidence, after 40 links, or when it is a folder that holds the link itself.
  std::optional<LocatedEntry> follow(std::size_t volume, const Entry& link);

 private:
  struct Place {
    std::size_t volume;
    std::string path;  // inside the volume; "" is its root
  };
  std::optional<Place> locate(std::string_view display_path) const;
  std::string root_of(std::size_t volume) const;
  std::optional<std::string> absolute_target(std::size_t volume, const Entry& link,
                                             std::string& root) const;

  std::span<const std::unique_ptr<FileSystem>> volumes_;
};

}  // namespace konseki
