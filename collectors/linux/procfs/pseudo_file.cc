#include "collectors/linux/procfs/pseudo_file.h"

#include <algorithm>
#include <span>
#include <utility>

#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {
namespace {

constexpr std::size_t kChunk = 16 * 1024;
constexpr std::size_t kMaxLine = 64 * 1024;
constexpr int kMaxLinks = 16;

Result<PseudoFile> read_opened(ByteReader& reader, std::size_t limit) {
  PseudoFile file;
  while (true) {
    const std::size_t old = file.text.size();
    // One byte past the limit tells a file that ends there from one that goes on.
    file.text.resize(std::min(old + kChunk, limit + 1));
    auto count = reader.read_at(
        old, std::as_writable_bytes(std::span(file.text.data() + old, file.text.size() - old)));
    file.text.resize(old + (count ? *count : 0));
    if (!count) {
      if (old == 0) return fail(std::move(count).error());
      file.cut = true;
      return file;
    }
    if (*count == 0) return file;
    if (file.text.size() > limit) {
      file.text.resize(limit);
      file.cut = true;
      return file;
    }
  }
}

// `target` as seen from the directory of `link`, without "." and "..".
std::string join_link(std::string_view link, std::string_view target) {
  std::vector<std::string_view> parts;
  auto add = [&parts](std::string_view path) {
    while (!path.empty()) {
      const auto part = next_part(path, '/');
      if (part == ".." && !parts.empty()) parts.pop_back();
      if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    }
  };
  const auto slash = link.rfind('/');
  if (!target.starts_with('/') && slash != std::string_view::npos) add(link.substr(0, slash));
  add(target);
  std::string path;
  for (const auto part : parts) {
    if (!path.empty()) path += '/';
    path += part;
  }
  return path;
}

}  // namespace

Result<PseudoFile> read_pseudo_file(FileSystem& kernel, std::string_view path, std::size_t limit) {
  KONSEKI_ASSIGN(const Entry entry, kernel.stat(path));
  KONSEKI_ASSIGN(const auto reader, kernel.open(entry));
  return read_opened(*reader, limit);
}

Result<std::string> read_value(FileSystem& kernel, std::string_view path) {
  KONSEKI_ASSIGN(const PseudoFile file, read_pseudo_file(kernel, path, 4096));
  std::string_view rest = file.text;
  return std::string(trim(next_part(rest, '\n')));
}

Result<Entry> resolve_links(FileSystem& kernel, std::string_view path) {
  std::string at(path);
  for (int i = 0; i < kMaxLinks; ++i) {
    KONSEKI_ASSIGN(Entry entry, kernel.stat(at));
    if (entry.type != FileType::kSymlink) return entry;
    at = join_link(at, entry.link_target);
  }
  return fail(ErrorCode::kCorrupt, std::string(path) + ": too many links");
}

Result<PseudoFile> read_regular_file(FileSystem& kernel, std::string_view path, std::size_t limit) {
  KONSEKI_ASSIGN(const Entry entry, resolve_links(kernel, path));
  if (entry.type != FileType::kRegular) {
    return fail(ErrorCode::kUnsupported, std::string(path) + ": not a regular file");
  }
  KONSEKI_ASSIGN(const auto reader, kernel.open(entry));
  return read_opened(*reader, limit);
}

Result<void> for_each_line(FileSystem& kernel, std::string_view path,
                           const std::function<bool(std::string_view)>& line) {
  KONSEKI_ASSIGN(const Entry entry, kernel.stat(path));
  KONSEKI_ASSIGN(const auto reader, kernel.open(entry));
  std::string chunk(kChunk, '\0');
  std::string pending;
  std::uint64_t offset = 0;
  while (true) {
    KONSEKI_ASSIGN(const std::size_t count,
                   reader->read_at(offset, std::as_writable_bytes(std::span(chunk))));
    if (count == 0) break;
    offset += count;
    std::string_view rest(chunk.data(), count);
    while (true) {
      const auto end = rest.find('\n');
      const auto piece = rest.substr(0, end);
      pending.append(piece.substr(0, kMaxLine - std::min(kMaxLine, pending.size())));
      if (end == std::string_view::npos) break;
      if (!line(pending)) return {};
      pending.clear();
      rest.remove_prefix(end + 1);
    }
  }
  if (!pending.empty()) line(pending);
  return {};
}

}  // namespace konseki::procfs
