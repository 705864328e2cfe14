// PatternWalk: finds what the tries of all volumes match, reading each directory at most once a
// set of patterns and only where a pattern leads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "agent/artifact/evidence_links.h"
#include "agent/artifact/pattern_trie.h"
#include "konseki/artifact.h"

namespace konseki {

struct WalkMatch {
  Entry entry;
  bool content = false;
  bool digest = false;
  std::set<std::uint32_t> artifacts;  // PatternTarget::artifact
};

// Volume, path, stream, and inode and sequence (deleted entries may share a path).
using WalkKey = std::tuple<std::size_t, std::string, std::string, std::uint64_t, std::uint32_t>;
using WalkMatches = std::map<WalkKey, WalkMatch>;

// A link on the way is itself matched and then followed inside the evidence, but for links below
// a globstar (which would lead anywhere) and at most eight on one way. Not thread-safe.
class PatternWalk {
 public:
  // One trie a volume, in the same order.
  PatternWalk(std::span<const std::unique_ptr<FileSystem>> volumes,
              std::span<const PatternTrie> tries, const ResolveOptions& options)
      : volumes_(volumes), tries_(tries), options_(options), links_(volumes) {}

  // kCancelled when options.stop asks; gaps go to options.on_gap.
  Result<WalkMatches> run();

 private:
  struct Work {
    std::size_t trie;    // whose states these are: the volume the way began on
    std::size_t volume;  // another one when a link led there
    std::string directory;
    PatternStates states;
    int links = 0;  // followed on the way here
  };

  void walk_directory(const Work& work);
  void look_up(const Work& work, const std::vector<std::string>& names);
  void see(const Work& work, const Entry& entry);
  void match(const Work& work, const Entry& entry, const PatternStates& states);
  void add(std::size_t volume, const Entry& entry, const std::string& stream,
           const PatternTarget& target, bool content);
  void follow(const Work& work, const Entry& link, const PatternStates& states);
  PatternStates unseen(const Work& work);
  void gap(std::size_t volume, std::string_view path, const Error& error) const;

  std::span<const std::unique_ptr<FileSystem>> volumes_;
  std::span<const PatternTrie> tries_;
  const ResolveOptions& options_;
  EvidenceLinks links_;
  std::vector<Work> pending_;
  // How far each pattern node has reached in directories that links led to.
  std::map<std::tuple<std::size_t, std::size_t, std::string>,
           std::map<std::uint32_t, std::uint32_t>>
      reached_;
  WalkMatches matches_;
};

}  // namespace konseki
