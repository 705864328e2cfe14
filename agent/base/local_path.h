// Paths of this machine, as its users write them.
#pragma once

#include <string>
#include <string_view>

namespace konseki {

// What separates the parts of such a path: Windows takes both slashes, and the colon of a drive.
#ifdef _WIN32
inline constexpr std::string_view kPathSeparators = "/\\:";
#else
inline constexpr std::string_view kPathSeparators = "/";
#endif

// A file in a folder, which may be a root ("/", "E:/").
inline std::string path_in(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (path.empty() || kPathSeparators.find(path.back()) == std::string_view::npos) path += '/';
  return path.append(name);
}

}  // namespace konseki
