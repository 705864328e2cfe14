// MemoryFileSystem: a volume made of strings, for tests of everything that reads a FileSystem.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "konseki/file_system.h"

namespace konseki::testing {

class MemoryFileSystem : public FileSystem {
 public:
  explicit MemoryFileSystem(PathStyle style = PathStyle::kPosix, std::string mount = "");

  // Adds a regular file (and the directories above it). Answers its entry for changing facts.
  Entry& add_file(const std::string& path, std::string content);
  Entry& add_directory(const std::string& path);
  Entry& add_symlink(const std::string& path, std::string target);
  void add_stream(const std::string& path, const std::string& stream, std::string content);

  // The entry at `path` for changing its facts; null when absent.
  Entry* find(const std::string& path);
  const std::string& content(const std::string& path) const { return nodes_.at(key(path)).content; }

  const VolumeInfo& info() const override { return info_; }
  VolumeInfo& mutable_info() { return info_; }
  Result<Entry> stat(std::string_view path) override;
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override;
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override;

 private:
  struct Node {
    Entry entry;
    std::string content;
    std::map<std::string, std::string> streams;
  };
  std::string key(std::string_view path) const;
  Node& add(const std::string& path, FileType type);

  VolumeInfo info_;
  std::map<std::string, Node> nodes_;  // by folded path
  std::uint64_t next_inode_ = 2;
};

}  // namespace konseki::testing
