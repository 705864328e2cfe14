#include "agent/artifact/web/config_files.h"

#include <algorithm>

#include "agent/artifact/glob.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostFiles = 1'000;
constexpr std::uint64_t kMostBytes = std::uint64_t{32} << 20;
constexpr std::size_t kMostMatches = 1'000;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return segments;
}

std::string joined(std::string_view directory, std::string_view name) {
  return directory.empty() ? std::string(name) : std::string(directory) + '/' + std::string(name);
}

}  // namespace

// Once for each server: what is beyond a limit was not looked at.
void ConfigFiles::note_limit(std::string_view path) {
  if (limit_noted_) return;
  limit_noted_ = true;
  reader_.gap(path, {ErrorCode::kLimitExceeded,
                     "more files or text than the configuration of a web server is read for",
                     {}});
}

std::string ConfigFiles::read(std::string_view path) {
  if (files_ >= kMostFiles || bytes_ >= kMostBytes) {
    note_limit(path);
    return {};
  }
  ++files_;
  std::string text = reader_.text(path);
  bytes_ += text.size();
  return text;
}

std::vector<std::string> ConfigFiles::matching(std::string_view pattern) {
  std::vector<std::string> found = {""};
  for (const std::string_view segment : segments_of(pattern)) {
    std::vector<std::string> next;
    for (const std::string& directory : found) {
      if (!has_glob(segment)) {
        next.push_back(joined(directory, segment));
        continue;
      }
      for (const std::string& name : reader_.names(directory)) {
        if (next.size() >= kMostMatches) {
          note_limit(pattern);
          break;
        }
        // As glob(3): a leading dot is matched by a dot only.
        if (name.starts_with('.') && !segment.starts_with('.')) continue;
        if (glob_matches(segment, name)) next.push_back(joined(directory, name));
      }
    }
    found = std::move(next);
  }
  return found;
}

std::string ConfigFiles::inside(std::string_view named, std::string_view base) const {
  std::string path(named);
  std::replace(path.begin(), path.end(), '\\', '/');
  bool absolute = path.starts_with('/');
  if (path.size() >= 2 && is_letter(path[0]) && path[1] == ':') {
    path.erase(0, 2);
    absolute = true;
  }
  if (!absolute) path = std::string(base) + '/' + path;
  std::string out;
  for (const std::string_view segment : segments_of(path)) out = joined(out, segment);
  return out;
}

}  // namespace konseki
