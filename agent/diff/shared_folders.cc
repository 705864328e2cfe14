#include "agent/diff/shared_folders.h"

#include <algorithm>
#include <array>
#include <set>

#include "agent/diff/source_side.h"

namespace konseki {
namespace {

// Folders of the Filesystem Hierarchy Standard and of Debian's policy that many packages fill.
constexpr auto kShared = std::to_array<std::string_view>({"bin",
                                                          "boot",
                                                          "etc",
                                                          "lib",
                                                          "lib64",
                                                          "opt",
                                                          "sbin",
                                                          "srv",
                                                          "usr",
                                                          "usr/bin",
                                                          "usr/games",
                                                          "usr/lib",
                                                          "usr/lib/cgi-bin",
                                                          "usr/lib/python3",
                                                          "usr/lib/python3/dist-packages",
                                                          "usr/lib/systemd",
                                                          "usr/lib/systemd/system",
                                                          "usr/lib/tmpfiles.d",
                                                          "usr/lib/x86_64-linux-gnu",
                                                          "usr/libexec",
                                                          "usr/local",
                                                          "usr/sbin",
                                                          "usr/share",
                                                          "usr/share/bash-completion",
                                                          "usr/share/bash-completion/completions",
                                                          "usr/share/dbconfig-common",
                                                          "usr/share/dbconfig-common/data",
                                                          "usr/share/doc",
                                                          "usr/share/doc-base",
                                                          "usr/share/javascript",
                                                          "usr/share/lintian",
                                                          "usr/share/lintian/overrides",
                                                          "usr/share/nodejs",
                                                          "usr/share/perl5",
                                                          "usr/share/php",
                                                          "usr/share/php/data",
                                                          "usr/share/pkg-php-tools",
                                                          "usr/share/pkg-php-tools/autoloaders",
                                                          "usr/share/pkg-php-tools/overrides",
                                                          "usr/src",
                                                          "var",
                                                          "var/cache",
                                                          "var/lib",
                                                          "var/log",
                                                          "var/spool",
                                                          "var/www"});
// And whole trees of such folders.
constexpr auto kSharedTrees = std::to_array<std::string_view>(
    {"lib/systemd", "lib/udev", "usr/include", "usr/share/applications", "usr/share/fonts",
     "usr/share/icons", "usr/share/info", "usr/share/locale", "usr/share/man",
     "usr/share/pixmaps"});

bool is_shared(std::string_view folder) {
  return std::find(kShared.begin(), kShared.end(), folder) != kShared.end() ||
         std::any_of(kSharedTrees.begin(), kSharedTrees.end(),
                     [&](std::string_view tree) { return is_below(folder, tree); });
}

}  // namespace

std::vector<std::string> own_folders_of(std::span<const SideFile> files, std::string_view package) {
  std::set<std::string> found;
  const std::string_view stem = package.substr(0, package.find('-'));
  for (const SideFile& file : files) {
    for (std::size_t slash = file.path.find('/'); slash != std::string::npos;
         slash = file.path.find('/', slash + 1)) {
      const std::string_view folder = std::string_view(file.path).substr(0, slash);
      if (is_shared(folder)) continue;
      if (is_below(folder, "etc") && folder.find(stem, 4) == std::string_view::npos) continue;
      found.emplace(folder);
      break;
    }
  }
  return outermost({found.begin(), found.end()});
}

std::vector<std::string> outermost(const std::vector<std::string>& folders) {
  const std::set<std::string_view> all(folders.begin(), folders.end());
  std::vector<std::string> out;
  for (const std::string& folder : folders) {
    std::string_view outer = folder;
    bool inner = false;
    while (!inner && outer.rfind('/') != std::string_view::npos) {
      outer = outer.substr(0, outer.rfind('/'));
      inner = all.contains(outer);
    }
    if (!inner) out.push_back(folder);
  }
  return out;
}

}  // namespace konseki
