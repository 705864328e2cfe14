// LayeredTree: one volume of a collection, seen as the volume it was.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "konseki/file_system.h"

namespace konseki {

struct LayeredTreeOptions {
  // Directories of the base that together are the volume ("" = all of it). Where several hold a
  // name, the first one's file is taken.
  std::vector<std::string> layers;
  bool percent_names = false;              // names are stored with %XX
  bool split_streams = false;              // "NAME:STREAM" and its like are streams of NAME
  bool sparse_maps = false;                // X.idx tells of the holes left out of X
  std::unordered_set<std::string> hidden;  // paths of the base that are not part of it
};

// Gives names their original form, joins streams to their files, and looks names up case-blind
// where info.style says so. Files whose own content was not collected, but a stream of theirs was,
// are listed with size 0 and open() answers NotFound for the content, except NTFS's own files
// ("$UsnJrnl"), which have none. Where nothing but case is to be handled, calls go straight to the
// base. Not thread-safe.
class LayeredTree : public FileSystem {
 public:
  LayeredTree(std::shared_ptr<FileSystem> base, VolumeInfo info, LayeredTreeOptions options);

  const VolumeInfo& info() const override { return info_; }
  Result<Entry> stat(std::string_view path) override;
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override;
  Result<void> walk(const WalkOptions& options, const EntryVisitor& visit) override;
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override;

 private:
  struct Stored {
    std::string path;        // in the base
    std::string index;       // path of its sparse map; "" when it has none
    std::uint64_t size = 0;  // of the original
  };
  struct Stream {
    std::string name;
    Stored content;
  };
  struct Item {
    std::string key;   // folded on kWindows volumes
    std::string name;  // as it was
    FileType type = FileType::kUnknown;
    std::vector<std::string> base_paths;  // one for files; directories may lie in several layers
    Stored content;                       // of files that have some
    std::vector<Stream> streams;
  };
  struct Directory {
    std::string path;         // stored spelling
    std::vector<Item> items;  // by key, then name
  };

  std::string key(std::string_view name) const;
  bool is_plain() const;
  Result<std::string> plain_path(std::string_view path);

  // Reads the base directories of one directory; entries of the base by their path.
  Result<Directory> read(const std::string& path, const std::vector<std::string>& base_paths,
                         std::unordered_map<std::string, Entry>* entries);
  void take_index(const std::unordered_map<std::string, std::string>& indexes, Stored& content,
                  std::unordered_set<std::string>& taken);
  Result<std::shared_ptr<const Directory>> cached(const std::string& path,
                                                  const std::vector<std::string>& base_paths);
  static const Item* find(const Directory& directory, const std::string& key,
                          std::string_view name);

  // The item at `path`; `stored` becomes its path in stored spelling.
  Result<Item> resolve(std::string_view path, std::string& stored);
  Entry make_entry(const Item& item, const Entry* base, std::string path);
  Result<std::unique_ptr<ByteReader>> open_stored(const Stored& content);

  std::shared_ptr<FileSystem> base_;
  VolumeInfo info_;
  LayeredTreeOptions options_;
  // Least recently used directories fall out.
  std::list<std::shared_ptr<const Directory>> cache_;
};

}  // namespace konseki
