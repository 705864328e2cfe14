// FolderFacts: what owner, times, place and name of a script say beside its neighbours.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/match/webshell/ranked_map.h"
#include "konseki/finding.h"
#include "konseki/matcher.h"

namespace konseki::webshell {

// What the file system says about one file of a site.
struct FolderStory {
  std::vector<Witness> witnesses;  // file.*
  std::optional<Timestamp> birth;  // when it came to be here, as far as that is known
};

// see() may be called from several threads; story_of() after the last file.
class FolderFacts {
 public:
  explicit FolderFacts(std::size_t most_files = 300'000);

  void begin(const MatchContext& context);
  // Takes regular files in document roots (known or by name), ignores others.
  void see(const MatchFile& file);
  // `runs`: the content is code that a server runs.
  FolderStory story_of(const PathSpec& file, bool runs) const;

  // True for the id of an account that a web server runs as: by configuration, else by custom.
  bool is_server(const std::string& owner) const;

  std::uint64_t left_out() const { return files_.dropped(); }

 private:
  struct File {
    std::string path;
    std::string owner;  // uid or SID
    std::optional<Timestamp> modified;
    std::optional<Timestamp> created;
    bool packaged = false;
    bool changed = false;  // not as the package brought it
  };
  using Folder = std::vector<const File*>;

  void sort_into_folders() const;

  std::vector<std::string> roots_;
  std::map<std::string, std::string, std::less<>> server_users_;  // id -> name
  mutable std::mutex mutex_;                                      // of all below
  RankedMap<File> files_;                                         // by display path
  mutable std::map<std::string, Folder> folders_;                 // made when first asked for
  mutable std::uint64_t server_files_ = 0;                        // of all that are kept
};

}  // namespace konseki::webshell
