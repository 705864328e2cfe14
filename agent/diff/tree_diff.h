// TreeDiff: what was added, changed and removed between two sides.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/diff/side.h"
#include "konseki/result.h"

namespace konseki {

enum class Change { kAdded, kChanged, kRemoved, kUnknown };

std::string_view change_name(Change change);  // "added", "changed", "removed", "not_compared"

// A run of lines with what surrounds it, as in a unified diff. Lines begin with '+', '-' or ' '.
struct Hunk {
  std::size_t old_first = 0, old_count = 0;  // from 1
  std::size_t new_first = 0, new_count = 0;
  std::vector<std::string> lines;
};

struct FileChange {
  Change change = Change::kChanged;
  std::string path;  // below the roots
  const SideFile* old_file = nullptr;
  const SideFile* new_file = nullptr;
  std::optional<Sha256> old_sha256, new_sha256;  // where known
  bool lines_compared = false;
  bool line_ends_only = false;  // the lines are the same, their ends are not
  bool shortest = true;         // false: the search for the fewest lines was ended
  std::size_t lines_added = 0, lines_removed = 0;
  std::vector<Hunk> hunks;  // empty beyond `most_lines` or where nothing is text
  std::size_t lines_left_out = 0;
  Bilingual note;  // why there are no lines, what could not be done; may be empty
};

struct DiffOptions {
  // Both: compared as they are. Else the folders that fit best are found within the sides.
  std::optional<std::string> old_root;
  std::optional<std::string> new_root;
  std::size_t most_lines = 100;  // a file; 0: lines are not compared
  std::size_t context = 3;
};

struct TreeDiff {
  std::string old_root, new_root;
  bool found_roots = false;              // by what fits, not as asked
  std::vector<std::string> other_roots;  // that fit nearly as well
  std::vector<std::string> own_folders;  // only what lies in these counts as added; empty: all
  std::vector<FileChange> changes;       // added, changed, removed, not compared; each by path
  std::uint64_t same = 0;
  std::uint64_t old_outside = 0, new_outside = 0;  // files that are not below the roots
  std::uint64_t added = 0, changed = 0, removed = 0, unknown = 0, line_ends_only = 0;
};

// Compares; both sides must outlive the answer. kNotFound when no folders fit and none were named.
Result<TreeDiff> diff_trees(Side& old_side, Side& new_side, const DiffOptions& options);

}  // namespace konseki
