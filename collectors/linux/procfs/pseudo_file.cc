#include "collectors/linux/procfs/pseudo_file.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {
namespace {

constexpr std::size_t kChunk = 16 * 1024;
constexpr std::size_t kMaxLine = 64 * 1024;
constexpr int kMaxLinks = 40;  // as the kernel's MAXSYMLINKS
constexpr std::size_t kMaxParts = 4096;

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
  // Parts still to go, the next one last, and the real path so far.
  std::vector<std::string> pending;
  auto push = [&pending](std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) parts.emplace_back(next_part(text, '/'));
    pending.insert(pending.end(), parts.rbegin(), parts.rend());
  };
  push(path);
  std::string real;
  KONSEKI_ASSIGN(Entry entry, kernel.stat(real));
  int links = 0;
  while (!pending.empty()) {
    const std::string part = std::move(pending.back());
    pending.pop_back();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      const auto slash = real.rfind('/');
      real.resize(slash == std::string::npos ? 0 : slash);
      KONSEKI_ASSIGN(entry, kernel.stat(real));
      continue;
    }
    const std::string next = real.empty() ? part : real + "/" + part;
    KONSEKI_ASSIGN(entry, kernel.stat(next));
    if (entry.type != FileType::kSymlink) {
      real = next;
      continue;
    }
    if (++links > kMaxLinks || pending.size() > kMaxParts) {
      return fail(ErrorCode::kCorrupt, std::string(path) + ": too many links");
    }
    if (entry.link_target.starts_with('/')) real.clear();
    push(entry.link_target);
    KONSEKI_ASSIGN(entry, kernel.stat(real));
  }
  return entry;
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
