// PackageDatabase: which package a file came with, and whether it is still what was installed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/linux/dpkg/dpkg_status.h"
#include "konseki/file_system.h"

namespace konseki {

enum class PackageState {
  kUnknown,  // a package has it, but there is no digest to compare, or none was given
  kIntact,   // the digest is the one that was installed
  kChanged,  // the digest is another
  kNobody,   // no package has it
};

std::string_view package_state_name(PackageState state);  // "unknown", "intact", ...

// dpkg's view of one system's files. Keeps a 64-bit keyed hash of each path and its MD5, 32 bytes
// a file; immutable after load() and then safe for any number of threads. What it says is only as
// good as the database on the examined system, which an intruder can edit.
class PackageDatabase {
 public:
  struct Answer {
    std::string_view package;  // "coreutils", "libc6:amd64"; empty when nobody's
    PackageState state = PackageState::kNobody;
    bool conffile = false;  // configuration: changes are ordinary
  };

  // Looks for /var/lib/dpkg on the volumes of one source. kNotFound where there is none. Files of
  // the database that cannot be read are counted in unread().
  static Result<PackageDatabase> load(std::span<FileSystem* const> volumes);
  static Result<PackageDatabase> load(FileSystem& root);

  // `display_path` as in files.jsonl. Directories are nobody's unless they are empty ones of a
  // package: ask for files and symlinks.
  Answer lookup(std::string_view display_path, const std::optional<Md5>& md5) const;

  std::size_t files() const { return files_.size(); }
  std::size_t packages() const { return packages_.size(); }
  std::size_t unread() const { return unread_; }

 private:
  struct File {
    std::uint64_t path = 0;
    Md5 md5{};
    std::uint32_t package = 0;
    bool has_md5 = false;
    bool conffile = false;
  };
  friend class PackageDatabaseLoader;

  std::uint64_t hash(std::string_view system_path) const;

  std::vector<File> files_;  // by path hash, then package
  std::vector<std::string> packages_;
  std::vector<std::string> merged_;  // "/bin/", ...: folders that are links into /usr
  std::string prefix_;               // "/$fs$/fs0" of a system outside the tree
  std::size_t unread_ = 0;
};

}  // namespace konseki
