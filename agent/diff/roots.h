// Where two trees lie on each other: "wordpress-6.4/" of a release on "var/www/html" of a server.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/diff/side.h"

namespace konseki {

struct RootPair {
  std::string old_root;  // side paths; empty: the whole side
  std::string new_root;
  std::size_t fitting = 0;          // files that spoke for it
  std::vector<std::string> others;  // new roots that fit nearly as well, at most five
};

// The pair of folders below which most names agree: every file of the larger side asks for the
// longest end of its path that the smaller side has (2,000 files of it, spread evenly). Nothing
// fits: fitting is 0.
RootPair align_roots(std::span<const SideFile> old_files, std::span<const SideFile> new_files,
                     bool case_blind);

}  // namespace konseki
