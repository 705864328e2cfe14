#include "agent/source/live/windows/windows_tree.h"

#include <winioctl.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "agent/base/unicode.h"
#include "agent/base/windows/wide.h"
#include "agent/base/windows/windows_error.h"
#include "agent/source/live/windows/file_reader.h"
#include "agent/source/live/windows/real_path.h"
#include "agent/source/live/windows/reparse_point.h"

namespace konseki {
namespace {

constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
// Attributes of files whose data lies elsewhere (OneDrive and its kind).
constexpr std::uint32_t kAttributeOffline = 0x1000;
constexpr std::uint32_t kAttributeRecallOnOpen = 0x40000;
constexpr std::uint32_t kAttributeRecallOnDataAccess = 0x400000;
// A tag whose file stands for another name [MS-FSCC 2.1.2.1].
constexpr std::uint32_t kNameSurrogate = 0x20000000;

Error last_error(std::string_view path) {
  return windows_error(::GetLastError(), std::string(path));
}

std::optional<Timestamp> time_of(const LARGE_INTEGER& ticks) {
  if (ticks.QuadPart <= 0) return std::nullopt;
  return Timestamp::from_filetime(static_cast<std::uint64_t>(ticks.QuadPart));
}

void fill(Entry& entry, DWORD attributes, DWORD tag) {
  entry.attributes = attributes;
  const bool reparse = (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
  entry.reparse_tag = reparse ? tag : 0;
  if (reparse && (tag & kNameSurrogate) != 0) {
    entry.type = FileType::kSymlink;
  } else if ((attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
    entry.type = FileType::kDirectory;
  } else {
    entry.type = FileType::kRegular;
  }
  entry.cloud_placeholder =
      (attributes & (kAttributeOffline | kAttributeRecallOnOpen | kAttributeRecallOnDataAccess)) !=
      0;
}

void fill_times(Entry& entry, const LARGE_INTEGER& created, const LARGE_INTEGER& accessed,
                const LARGE_INTEGER& modified, const LARGE_INTEGER& changed) {
  entry.times = {time_of(modified), time_of(accessed), time_of(changed), time_of(created), {}};
}

}  // namespace

WindowsTree::WindowsTree(std::wstring root, LocalTreeOptions options)
    : root_(std::move(root)), options_(std::move(options)) {
  for (const auto* list : {&options_.exclude, &options_.own_media}) {
    for (const std::string& path : *list) {
      excluded_.push_back(real_path_of_future(path));
      if (at_or_below(excluded_.back(), root_) && excluded_.back().size() > root_.size()) {
        std::string inside = narrow(std::wstring_view(excluded_.back()).substr(root_.size() + 1));
        std::replace(inside.begin(), inside.end(), '\\', '/');
        skipped_.push_back(
            {std::move(inside), {}, {}, list == &options_.exclude ? "excluded" : "own_medium"});
      }
    }
  }
}

Result<std::unique_ptr<WindowsTree>> WindowsTree::open_root(const std::string& root,
                                                            LocalTreeOptions options) {
  const Handle folder(::CreateFileW(long_path(root).c_str(), FILE_READ_ATTRIBUTES, kShareAll,
                                    nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (!folder) return fail(last_error(root));
  BY_HANDLE_FILE_INFORMATION facts{};
  std::wstring path = path_of_handle(folder.get());
  if (path.empty() || ::GetFileInformationByHandle(folder.get(), &facts) == 0) {
    return fail(last_error(root));
  }
  if ((facts.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
    return fail(ErrorCode::kInvalidArgument, root + ": not a directory");
  }
  while (path.ends_with(L'\\')) path.pop_back();
  VolumeInfo info;
  info.mount = options.mount;
  info.type = "directory";
  info.access_method = "os";
  std::unique_ptr<WindowsTree> tree(new WindowsTree(path, std::move(options)));
  DWORD flags = 0;
  std::array<wchar_t, MAX_PATH + 1> type{};
  if (::GetVolumeInformationByHandleW(folder.get(), nullptr, 0, nullptr, nullptr, &flags,
                                      type.data(), static_cast<DWORD>(type.size())) != 0) {
    if (path.ends_with(L':')) info.type = fold_case(narrow(type.data()));
    tree->has_streams_ = (flags & FILE_NAMED_STREAMS) != 0;
  }
  tree->info_ = std::move(info);
  tree->device_ = facts.dwVolumeSerialNumber;
  return tree;
}

std::wstring WindowsTree::full_path(std::string_view path) const {
  if (path.empty()) return root_.ends_with(L':') ? root_ + L'\\' : root_;
  std::wstring inside = wide(path);
  std::replace(inside.begin(), inside.end(), L'/', L'\\');
  return root_ + L'\\' + inside;
}

bool WindowsTree::is_excluded(std::wstring_view full) const {
  return std::any_of(excluded_.begin(), excluded_.end(),
                     [&](const std::wstring& each) { return at_or_below(full, each); });
}

bool WindowsTree::is_own(const Entry& entry) const {
  return options_.own_files && entry.type == FileType::kRegular &&
         options_.own_files->contains({entry.device, entry.inode});
}

Result<Handle> WindowsTree::open_beneath(std::string_view path, DWORD access, DWORD flags) const {
  if (path.find('\\') != std::string_view::npos || path.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::kNotFound, std::string(path) + ": no name of Windows");
  }
  const std::wstring full = full_path(path);
  if (is_excluded(full)) {
    return fail(ErrorCode::kUnsupported, std::string(path) + ": left out of this tree");
  }
  Handle opened(::CreateFileW(full.c_str(), access, kShareAll, nullptr, OPEN_EXISTING,
                              flags | FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (!opened) return fail(last_error(path));
  const std::wstring found = path_of_handle(opened.get());
  if (!found.empty() && !at_or_below(found, root_)) {
    return fail(ErrorCode::kNotFound, std::string(path) + ": a link leads out of the tree");
  }
  return opened;
}

Result<Entry> WindowsTree::stat(std::string_view path) {
  KONSEKI_ASSIGN(const Handle opened,
                 open_beneath(path, FILE_READ_ATTRIBUTES, FILE_FLAG_OPEN_REPARSE_POINT));
  BY_HANDLE_FILE_INFORMATION facts{};
  FILE_BASIC_INFO basic{};
  if (::GetFileInformationByHandle(opened.get(), &facts) == 0 ||
      ::GetFileInformationByHandleEx(opened.get(), FileBasicInfo, &basic, sizeof basic) == 0) {
    return fail(last_error(path));
  }
  FILE_ATTRIBUTE_TAG_INFO tag{};
  (void)::GetFileInformationByHandleEx(opened.get(), FileAttributeTagInfo, &tag, sizeof tag);
  Entry entry;
  entry.path = path;
  // The spelling that is stored.
  const std::wstring found = path_of_handle(opened.get());
  if (!path.empty() && found.size() > root_.size() + 1) {
    entry.path = narrow(std::wstring_view(found).substr(root_.size() + 1));
    std::replace(entry.path.begin(), entry.path.end(), '\\', '/');
  }
  fill(entry, facts.dwFileAttributes, tag.ReparseTag);
  fill_times(entry, basic.CreationTime, basic.LastAccessTime, basic.LastWriteTime,
             basic.ChangeTime);
  if (entry.type == FileType::kRegular) {
    entry.size = std::uint64_t{facts.nFileSizeHigh} << 32 | facts.nFileSizeLow;
  }
  entry.inode = std::uint64_t{facts.nFileIndexHigh} << 32 | facts.nFileIndexLow;
  entry.device = facts.dwVolumeSerialNumber;
  entry.link_count = facts.nNumberOfLinks;
  if (is_own(entry)) {
    return fail(ErrorCode::kUnsupported, std::string(path) + ": the output of this run");
  }
  add_details(entry);
  return entry;
}

void WindowsTree::add_details(Entry& entry) {
  entry.link_target.clear();
  entry.streams.clear();
  if (entry.type == FileType::kSymlink) {
    if (const auto link =
            open_beneath(entry.path, FILE_READ_ATTRIBUTES, FILE_FLAG_OPEN_REPARSE_POINT)) {
      entry.link_target = reparse_target(link->get());
    }
    ++impact_.links;
    return;
  }
  if (!has_streams_ || entry.cloud_placeholder) return;
  WIN32_FIND_STREAM_DATA found{};
  const HANDLE search =
      ::FindFirstStreamW(full_path(entry.path).c_str(), FindStreamInfoStandard, &found, 0);
  if (search == INVALID_HANDLE_VALUE) return;
  do {
    // ":name:$DATA"; "::$DATA" is the file's own content.
    const std::string name = narrow(found.cStreamName);
    const auto end = name.find(':', 1);
    if (name.starts_with(':') && end > 1 && name.substr(end) == ":$DATA") {
      entry.streams.push_back(
          {name.substr(1, end - 1), static_cast<std::uint64_t>(found.StreamSize.QuadPart)});
    }
  } while (::FindNextStreamW(search, &found) != 0);
  (void)::FindClose(search);
}

Result<void> WindowsTree::list(std::string_view directory, const EntryVisitor& visit) {
  KONSEKI_ASSIGN(const Handle folder,
                 open_beneath(directory, FILE_LIST_DIRECTORY, FILE_FLAG_OPEN_REPARSE_POINT));
  ++impact_.directories;
  std::vector<Entry> entries;
  std::string prefix(directory);
  if (!prefix.empty()) prefix += '/';
  std::vector<std::byte> buffer(256 * 1024);
  DWORD end = 0;
  while (::GetFileInformationByHandleEx(folder.get(), FileIdBothDirectoryInfo, buffer.data(),
                                        static_cast<DWORD>(buffer.size())) != 0) {
    const std::byte* at = buffer.data();
    while (true) {
      FILE_ID_BOTH_DIR_INFO facts{};
      std::memcpy(&facts, at, offsetof(FILE_ID_BOTH_DIR_INFO, FileName));
      std::wstring name(facts.FileNameLength / sizeof(wchar_t), L'\0');
      std::memcpy(name.data(), at + offsetof(FILE_ID_BOTH_DIR_INFO, FileName),
                  name.size() * sizeof(wchar_t));
      if (name != L"." && name != L"..") {
        Entry entry;
        entry.path = prefix + narrow(name);
        // Where there is a reparse point, EaSize holds its tag [MS-FSCC 2.4.22].
        fill(entry, facts.FileAttributes, facts.EaSize);
        fill_times(entry, facts.CreationTime, facts.LastAccessTime, facts.LastWriteTime,
                   facts.ChangeTime);
        if (entry.type == FileType::kRegular) {
          entry.size = static_cast<std::uint64_t>(facts.EndOfFile.QuadPart);
        }
        entry.inode = static_cast<std::uint64_t>(facts.FileId.QuadPart);
        entry.device = device_;
        entries.push_back(std::move(entry));
      }
      if (facts.NextEntryOffset == 0) break;
      at += facts.NextEntryOffset;
    }
  }
  end = ::GetLastError();
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.path < b.path; });
  for (Entry& entry : entries) {
    if (is_own(entry) || is_excluded(full_path(entry.path))) continue;
    add_details(entry);
    if (visit(entry) == WalkAction::kStop) return {};
  }
  if (end != ERROR_NO_MORE_FILES) return fail(windows_error(end, std::string(directory)));
  return {};
}

Result<std::unique_ptr<ByteReader>> WindowsTree::open(const Entry& entry, std::string_view stream) {
  if (entry.cloud_placeholder) {
    return fail(ErrorCode::kUnsupported, entry.path + ": its data is not on this volume");
  }
  if (entry.type != FileType::kRegular && (stream.empty() || entry.type != FileType::kDirectory)) {
    return fail(ErrorCode::kUnsupported, entry.path + ": not a regular file");
  }
  std::string path = entry.path;
  if (!stream.empty()) path.append(":").append(stream);
  KONSEKI_ASSIGN(Handle file, open_beneath(path, GENERIC_READ, 0));
  LARGE_INTEGER size{};
  if (::GetFileType(file.get()) != FILE_TYPE_DISK || ::GetFileSizeEx(file.get(), &size) == 0) {
    return fail(ErrorCode::kUnsupported, path + ": not a regular file");
  }
  ++impact_.files;
  return std::make_unique<FileReader>(std::move(file), path,
                                      static_cast<std::uint64_t>(size.QuadPart));
}

Result<std::unique_ptr<LocalTree>> open_local_tree(const std::string& root,
                                                   LocalTreeOptions options) {
  KONSEKI_ASSIGN(auto tree, WindowsTree::open_root(root, std::move(options)));
  return tree;
}

}  // namespace konseki
