// ConfigFiles: configuration of servers as they read it themselves: includes, wild cards, bounds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/artifact/host_reader.h"

namespace konseki {

// One server's view of its configuration. Paths are as in Entry::path. Not thread-safe.
class ConfigFiles {
 public:
  explicit ConfigFiles(HostReader& reader) : reader_(reader) {}

  // The file's text; "" when it is absent, was given before more often than an include may come,
  // or when the server's configuration has become too large to be one (1,000 files, 32 MiB: a gap).
  std::string read(std::string_view path);
  // Files and folders that fit a pattern with wild cards in any segment, sorted; the pattern
  // itself where it has none. At most 1,000; more are a gap.
  std::vector<std::string> matching(std::string_view pattern);
  bool is_directory(std::string_view path) { return reader_.is_directory(path); }

  std::string display(std::string_view path) const { return reader_.info().display_path(path); }
  // The path inside this volume of what a configuration names: "/etc/x", "C:\x", or relative to
  // `base`. '\' becomes '/'; "." and ".." are resolved by text.
  std::string inside(std::string_view named, std::string_view base) const;

 private:
  void note_limit(std::string_view path);

  HostReader& reader_;
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
  bool limit_noted_ = false;
};

}  // namespace konseki
