// RowIndex: where in a bundle the facts of each entry of one volume are, some 30 bytes an entry.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/bundle/hash_set.h"
#include "konseki/file_system.h"

namespace konseki {

// Where an entry's facts are kept.
enum class RowPlace : std::uint8_t {
  kRow,          // a line of files.jsonl
  kMember,       // a member that no line speaks of, of a bundle cut off early
  kStreamOwner,  // a file of which only such a member's stream is known
  kDirectory,    // a folder that only its contents tell of
};

struct RowRef {
  std::uint64_t path = 0;    // hash of path and stream
  std::uint64_t parent = 0;  // hash of the folder; 0 for streams, which are no folder's children
  std::uint64_t offset = 0;  // in the segment; or the number of the member or directory
  std::uint32_t length = 0;
  std::uint16_t segment = 0;
  RowPlace place = RowPlace::kRow;
};

// Filled by add_*(), then finish(), then only read.
class RowIndex {
 public:
  explicit RowIndex(PathStyle style) : style_(style) {}

  // `path` as in Entry::path; `stream` empty for the main one. `repeats`: an earlier row is of the
  // same file, so that this one is found by its path and is nobody's child.
  void add(std::string_view path, std::string_view stream, RowRef where, bool repeats = false);
  // Adds the folders that have no row, and sorts.
  void finish();

  // In the order in which they were added.
  std::vector<RowRef> find(std::string_view path, std::string_view stream = {}) const;
  std::vector<RowRef> children(std::string_view directory) const;
  // Paths of the folders without a row, sorted.
  const std::vector<std::string>& directories() const { return directories_; }
  // Entries that have no row and are no mere folders, in the order of their members.
  const std::vector<RowRef>& bare() const { return bare_; }

 private:
  std::uint64_t hash(std::string_view path, std::string_view stream) const;

  PathStyle style_;
  std::vector<RowRef> rows_;              // by path hash
  std::vector<std::uint32_t> by_parent_;  // numbers in rows_, by parent hash
  std::vector<RowRef> bare_;
  HashSet seen_directories_;
  std::vector<std::string> directories_;
};

// The folder of a path; "" for what lies in the root.
std::string_view parent_path(std::string_view path);

}  // namespace konseki
