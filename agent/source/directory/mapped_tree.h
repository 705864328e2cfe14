// MappedTree: a Windows volume put together from files that lie elsewhere under other names.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/file_system.h"

namespace konseki {

// Where one collected file belongs.
struct PlacedFile {
  std::string path;       // on the volume, as Entry::path
  std::string stream;     // "" for the file's own content
  std::string base_path;  // in the collection
};

// The directories above the files are made up: they have a name and nothing else. A file of which
// only a stream is there is listed with size 0; open() answers NotFound for its content, except
// NTFS's own files, which have none. Names compare case-blind; of two files with one place the
// first is kept. Not thread-safe.
class MappedTree : public FileSystem {
 public:
  MappedTree(std::shared_ptr<FileSystem> base, VolumeInfo info,
             const std::vector<PlacedFile>& files);

  const VolumeInfo& info() const override { return info_; }
  Result<Entry> stat(std::string_view path) override;
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override;
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override;

 private:
  struct Node {
    std::string path;  // stored spelling
    bool directory = false;
    std::string base_path;                       // "" when only streams are there
    std::map<std::string, std::string> streams;  // name to base path
  };

  Node& add_node(const std::string& path);
  Result<Entry> entry_of(const Node& node);

  std::shared_ptr<FileSystem> base_;
  VolumeInfo info_;
  std::map<std::string, Node> nodes_;  // by folded path
};

}  // namespace konseki
