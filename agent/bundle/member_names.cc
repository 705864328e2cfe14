#include "agent/bundle/member_names.h"

#include <array>
#include <cstdio>

#include "agent/base/unicode.h"
#include "agent/bundle/xxh64.h"

namespace konseki {
namespace {

constexpr std::uint64_t kLeastLinked = 64 * 1024;
constexpr std::string_view kWindowsTree = "fs/";

// Numbered variants that are tried before a hash ends the search: hostile folders may hold any
// number of names that fall together.
constexpr int kMostNumbered = 64;

// The names under which tools may see `name`: they ignore case below fs/, and some versions of
// dissect drop every "fs/" inside.
struct Keys {
  std::uint64_t plain = 0;
  std::uint64_t stripped = 0;
};

std::string without_fs(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (std::size_t at = 0; at < name.size();) {
    if (name.substr(at).starts_with(kWindowsTree)) {
      at += kWindowsTree.size();
    } else {
      out += name[at++];
    }
  }
  return out;
}

Keys keys_of(std::string_view name) {
  if (!name.starts_with(kWindowsTree)) {
    const std::uint64_t key = xxh64(name);
    return {key, key};
  }
  // Both forms without the leading "fs/", so that they mostly are one and the same key.
  name.remove_prefix(kWindowsTree.size());
  const std::uint64_t plain = xxh64(fold_case(name));
  if (name.find(kWindowsTree) == std::string_view::npos) return {plain, plain};
  return {plain, xxh64(fold_case(without_fs(name)))};
}

MemberType member_type(FileType type) {
  switch (type) {
    case FileType::kDirectory:
      return MemberType::kDirectory;
    case FileType::kSymlink:
      return MemberType::kSymlink;
    case FileType::kFifo:
      return MemberType::kFifo;
    case FileType::kCharacterDevice:
      return MemberType::kCharacterDevice;
    case FileType::kBlockDevice:
      return MemberType::kBlockDevice;
    case FileType::kUnknown:
    case FileType::kRegular:
    case FileType::kSocket:
      break;
  }
  return MemberType::kFile;
}

void append_safe_component(std::string& out, std::string_view component, PathStyle style) {
  if (component.empty()) {
    out += '%';
  } else if (component == "." || component == "..") {
    for (std::size_t i = 0; i < component.size(); ++i) out += "%2E";
  } else {
    while (!component.empty()) {
      std::size_t used = 1;
      if (component.front() == '\0') {
        out += "%00";
      } else if (component.front() == '/') {
        out += "%2F";
      } else if (component.front() == '\\' && style == PathStyle::kWindows) {
        out += "%5C";
      } else {
        used = append_well_formed(out, component);
      }
      component.remove_prefix(used);
    }
  }
}

std::string safe_link_target(std::string_view target) {
  std::string out;
  while (!target.empty()) {
    if (target.front() == '\0') {
      out += "%00";
      target.remove_prefix(1);
    } else {
      target.remove_prefix(append_well_formed(out, target));
    }
  }
  return out.empty() ? "%" : out;
}

}  // namespace

std::string member_prefix(const VolumeInfo& volume) {
  if (volume.mount.empty() || volume.mount.front() == '/') {
    std::string_view inside = volume.mount;
    while (inside.starts_with('/')) inside.remove_prefix(1);
    while (inside.ends_with('/')) inside.remove_suffix(1);
    if (inside.empty()) return "[root]";
    return "[root]/" + safe_member_path(inside, PathStyle::kPosix);
  }
  return std::string(kWindowsTree) + safe_member_path(volume.mount, volume.style);
}

std::string safe_member_path(std::string_view path, PathStyle style) {
  std::string out;
  out.reserve(path.size());
  while (true) {
    const auto slash = path.find('/');
    append_safe_component(out, path.substr(0, slash), style);
    if (slash == std::string_view::npos) return out;
    out += '/';
    path.remove_prefix(slash + 1);
  }
}

bool may_be_hard_link(std::uint64_t size, bool parsed) { return size >= kLeastLinked && !parsed; }

MemberHeader MemberNames::header(const VolumeInfo& volume, const Entry& entry,
                                 std::string_view stream) {
  std::string name = member_prefix(volume) + '/' + safe_member_path(entry.path, volume.style);
  MemberHeader header;
  header.type = stream.empty() ? member_type(entry.type) : MemberType::kFile;
  header.mode = entry.mode != 0 ? entry.mode : header.type == MemberType::kDirectory ? 0755 : 0644;
  header.uid = entry.uid;
  header.gid = entry.gid;
  header.modified = entry.times.modified;
  if (!stream.empty()) {
    name += ':';
    append_safe_component(name, stream, volume.style);
    for (const StreamInfo& info : entry.streams) {
      if (info.name == stream) header.size = info.size;
    }
  } else if (header.type == MemberType::kFile) {
    header.size = entry.size;
  } else if (header.type == MemberType::kSymlink) {
    header.link_target = safe_link_target(entry.link_target);
  }
  header.name = unique(std::move(name), header.type == MemberType::kDirectory);
  return header;
}

MemberHeader MemberNames::volume_root(const VolumeInfo& volume) {
  MemberHeader header;
  header.name = unique(member_prefix(volume), true);
  header.type = MemberType::kDirectory;
  header.mode = 0755;
  return header;
}

std::string MemberNames::unique(std::string name, bool is_directory) {
  // A folder that falls together with a file is renamed as well, the same for all it holds.
  for (std::size_t slash = name.find('/'); slash != std::string::npos;
       slash = name.find('/', slash + 1)) {
    for (int i = 0; i < kMostNumbered && is_file(std::string_view(name).substr(0, slash)); ++i) {
      name.insert(slash, "~2");
      slash += 2;
    }
  }
  std::string candidate = name;
  for (int number = 2; is_taken(candidate); ++number) {
    if (number <= kMostNumbered) {
      candidate = name + '~' + std::to_string(number);
    } else {
      std::array<char, 24> suffix{};
      std::snprintf(suffix.data(), suffix.size(), "~%016llx",
                    static_cast<unsigned long long>(xxh64(candidate)));
      candidate = name + suffix.data();
    }
  }
  take(candidate, is_directory);
  return candidate;
}

bool MemberNames::is_file(std::string_view name) const {
  const Keys keys = keys_of(name);
  return names_.contains(keys.plain) || names_.contains(keys.stripped);
}

bool MemberNames::is_taken(std::string_view name) const {
  const Keys keys = keys_of(name);
  return is_file(name) || directories_.contains(keys.plain) || directories_.contains(keys.stripped);
}

void MemberNames::take(std::string_view name, bool is_directory) {
  const Keys keys = keys_of(name);
  HashSet& set = is_directory ? directories_ : names_;
  set.insert(keys.plain);
  set.insert(keys.stripped);
  // Folders above a known folder are known too.
  for (auto slash = name.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = name.rfind('/', slash - 1)) {
    const Keys folder = keys_of(name.substr(0, slash));
    const bool fresh = directories_.insert(folder.plain);
    if (!directories_.insert(folder.stripped) && !fresh) break;
  }
}

}  // namespace konseki
