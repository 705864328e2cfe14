// Which folders a package has to itself: what lies there and is not its own was added by somebody.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/diff/side.h"

namespace konseki {

// Of the folders that `files` lie in, the outermost that are not of the system (usr/share, etc,
// usr/share/man, ...). Below etc only folders that carry the package's name.
std::vector<std::string> own_folders_of(std::span<const SideFile> files, std::string_view package);

// Of the folders those that lie in no other of them, in the same order.
std::vector<std::string> outermost(const std::vector<std::string>& folders);

}  // namespace konseki
