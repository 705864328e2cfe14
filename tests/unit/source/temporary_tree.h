// A directory of this machine that a test fills and that goes away with it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "konseki/file_system.h"

namespace konseki::testing {

class TemporaryTree {
 public:
  TemporaryTree();
  ~TemporaryTree();
  TemporaryTree(const TemporaryTree&) = delete;
  TemporaryTree& operator=(const TemporaryTree&) = delete;

  const std::string& root() const { return root_; }
  std::string path(const std::string& below) const { return root_ + "/" + below; }

  // Each makes the directories above it.
  void add_file(const std::string& below, const std::string& content = "");
  void add_directory(const std::string& below);
  void add_symlink(const std::string& below, const std::string& target);
  void add_fifo(const std::string& below);

 private:
  std::string root_;
};

// Everything a walk visits, by path.
std::map<std::string, Entry> walk_all(FileSystem& file_system, WalkOptions options = {});

// The whole content of a file, or "error: <code>".
std::string content_of(FileSystem& file_system, const std::string& path,
                       const std::string& stream = "");

// Runs `body` in a child process; false when it failed (by EXPECT or by dying) there. For what
// changes the process for good: giving up root, a mount namespace of its own.
bool passes_in_child(const std::function<void()>& body);

}  // namespace konseki::testing
