#include "tests/support/memory_file_system.h"

#include <cstring>

#include "agent/base/memory_reader.h"
#include "agent/base/unicode.h"

namespace konseki::testing {
namespace {

std::vector<std::byte> to_bytes(const std::string& text) {
  std::vector<std::byte> bytes(text.size());
  if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

}  // namespace

MemoryFileSystem::MemoryFileSystem(PathStyle style, std::string mount) {
  info_.style = style;
  info_.mount = std::move(mount);
  info_.type = "memory";
  info_.access_method = "memory";
  nodes_[""].entry.type = FileType::kDirectory;
}

std::string MemoryFileSystem::key(std::string_view path) const {
  return info_.style == PathStyle::kWindows ? fold_case(path) : std::string(path);
}

MemoryFileSystem::Node& MemoryFileSystem::add(const std::string& path, FileType type) {
  if (auto slash = path.rfind('/'); slash != std::string::npos)
    add_directory(path.substr(0, slash));
  Node& node = nodes_[key(path)];
  if (node.entry.path.empty()) {
    node.entry.path = path;
    node.entry.inode = next_inode_++;
    node.entry.mode = type == FileType::kDirectory ? 0755 : 0644;
    node.entry.link_count = 1;
  }
  node.entry.type = type;
  return node;
}

Entry& MemoryFileSystem::add_file(const std::string& path, std::string content) {
  Node& node = add(path, FileType::kRegular);
  node.entry.size = content.size();
  node.content = std::move(content);
  return node.entry;
}

Entry& MemoryFileSystem::add_directory(const std::string& path) {
  return add(path, FileType::kDirectory).entry;
}

Entry& MemoryFileSystem::add_symlink(const std::string& path, std::string target) {
  Node& node = add(path, FileType::kSymlink);
  node.entry.link_target = std::move(target);
  return node.entry;
}

void MemoryFileSystem::add_stream(const std::string& path, const std::string& stream,
                                  std::string content) {
  Node& node = nodes_.at(key(path));
  node.entry.streams.push_back({stream, content.size()});
  node.streams[stream] = std::move(content);
}

Entry* MemoryFileSystem::find(const std::string& path) {
  auto found = nodes_.find(key(path));
  return found == nodes_.end() ? nullptr : &found->second.entry;
}

Result<Entry> MemoryFileSystem::stat(std::string_view path) {
  auto found = nodes_.find(key(path));
  if (found == nodes_.end()) return fail(ErrorCode::kNotFound, std::string(path));
  return found->second.entry;
}

Result<void> MemoryFileSystem::list(std::string_view directory, const EntryVisitor& visit) {
  const std::string base = key(directory);
  auto found = nodes_.find(base);
  if (found == nodes_.end()) return fail(ErrorCode::kNotFound, std::string(directory));
  const std::string prefix = base.empty() ? "" : base + "/";
  for (auto at = nodes_.lower_bound(prefix); at != nodes_.end(); ++at) {
    if (at->first.compare(0, prefix.size(), prefix) != 0) break;
    if (at->first.size() == prefix.size()) continue;
    if (at->first.find('/', prefix.size()) != std::string::npos) continue;
    if (visit(at->second.entry) == WalkAction::kStop) break;
  }
  return {};
}

Result<std::unique_ptr<ByteReader>> MemoryFileSystem::open(const Entry& entry,
                                                           std::string_view stream) {
  auto found = nodes_.find(key(entry.path));
  if (found == nodes_.end()) return fail(ErrorCode::kNotFound, entry.path);
  if (stream.empty()) return std::make_unique<MemoryReader>(to_bytes(found->second.content));
  auto data = found->second.streams.find(std::string(stream));
  if (data == found->second.streams.end()) return fail(ErrorCode::kNotFound, std::string(stream));
  return std::make_unique<MemoryReader>(to_bytes(data->second));
}

}  // namespace konseki::testing
