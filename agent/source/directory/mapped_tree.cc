#include "agent/source/directory/mapped_tree.h"

#include "agent/base/memory_reader.h"
#include "agent/base/unicode.h"

namespace konseki {

MappedTree::MappedTree(std::shared_ptr<FileSystem> base, VolumeInfo info,
                       const std::vector<PlacedFile>& files)
    : base_(std::move(base)), info_(std::move(info)) {
  nodes_[""].directory = true;
  for (const PlacedFile& file : files) {
    Node& node = add_node(file.path);
    if (!file.stream.empty()) {
      node.streams.emplace(file.stream, file.base_path);
    } else if (node.base_path.empty()) {
      node.base_path = file.base_path;
    }
  }
}

MappedTree::Node& MappedTree::add_node(const std::string& path) {
  const auto [at, added] = nodes_.try_emplace(fold_case(path));
  if (!added) return at->second;
  at->second.path = path;
  if (const auto slash = path.rfind('/'); slash != std::string::npos) {
    add_node(path.substr(0, slash)).directory = true;
  }
  return at->second;
}

Result<Entry> MappedTree::entry_of(const Node& node) {
  Entry entry;
  if (!node.base_path.empty()) {
    KONSEKI_ASSIGN(entry, base_->stat(node.base_path));
  }
  entry.path = node.path;
  if (node.base_path.empty()) {
    entry.type = node.directory ? FileType::kDirectory : FileType::kRegular;
  }
  for (const auto& [name, base_path] : node.streams) {
    KONSEKI_ASSIGN(const Entry stored, base_->stat(base_path));
    entry.streams.push_back({name, stored.size});
  }
  return entry;
}

Result<Entry> MappedTree::stat(std::string_view path) {
  const auto found = nodes_.find(fold_case(path));
  if (found == nodes_.end()) return fail(ErrorCode::kNotFound, std::string(path));
  return entry_of(found->second);
}

Result<void> MappedTree::list(std::string_view directory, const EntryVisitor& visit) {
  const std::string folded = fold_case(directory);
  const auto found = nodes_.find(folded);
  if (found == nodes_.end() || !found->second.directory) {
    return fail(ErrorCode::kNotFound, std::string(directory));
  }
  const std::string prefix = folded.empty() ? "" : folded + "/";
  for (auto at = nodes_.lower_bound(prefix); at != nodes_.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    if (at->first.size() == prefix.size() ||
        at->first.find('/', prefix.size()) != std::string::npos) {
      continue;
    }
    const auto entry = entry_of(at->second);
    if (!entry && entry.error().code == ErrorCode::kNotFound) continue;  // gone since
    if (!entry) return fail(entry.error());
    if (visit(*entry) == WalkAction::kStop) break;
  }
  return {};
}

Result<std::unique_ptr<ByteReader>> MappedTree::open(const Entry& entry, std::string_view stream) {
  const auto found = nodes_.find(fold_case(entry.path));
  if (found == nodes_.end()) return fail(ErrorCode::kNotFound, entry.path);
  const Node& node = found->second;
  if (node.directory) return fail(ErrorCode::kUnsupported, entry.path + ": a directory");
  std::string base_path = node.base_path;
  if (!stream.empty()) {
    base_path.clear();
    for (const auto& [name, stored] : node.streams) {
      if (fold_case(name) == fold_case(stream)) base_path = stored;
    }
    if (base_path.empty() && !node.base_path.empty()) {
      // A collection on NTFS may hold streams as streams.
      KONSEKI_ASSIGN(const Entry stored, base_->stat(node.base_path));
      return base_->open(stored, stream);
    }
    if (base_path.empty()) {
      return fail(ErrorCode::kNotFound, entry.path + ": no stream " + std::string(stream));
    }
  } else if (base_path.empty()) {
    const std::string_view name = std::string_view(node.path).substr(node.path.rfind('/') + 1);
    if (name.starts_with('$')) return std::make_unique<MemoryReader>(std::vector<std::byte>());
    return fail(ErrorCode::kNotFound, entry.path + ": only its streams were collected");
  }
  KONSEKI_ASSIGN(const Entry stored, base_->stat(base_path));
  return base_->open(stored);
}

}  // namespace konseki
