// Reading files of /proc and /sys, which say size 0 and are known only by reading to the end.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "konseki/file_system.h"

namespace konseki::procfs {

inline constexpr std::size_t kSmallFile = 64 * 1024;

// What could be read. `cut` when the limit came before the end, or reading broke off.
struct PseudoFile {
  std::string text;
  bool cut = false;
};

// Reads until the end, whatever size() says, but at most `limit` bytes. Follows the kernel's
// links. An Error only when nothing at all could be read.
Result<PseudoFile> read_pseudo_file(FileSystem& kernel, std::string_view path,
                                    std::size_t limit = kSmallFile);

// The first line without its blanks, for files of one value.
Result<std::string> read_value(FileSystem& kernel, std::string_view path);

// As read_pseudo_file for files that a person or a program wrote (/etc, /run, /var): follows
// ordinary links, within a limit, and never opens a FIFO, a device or a socket that lies in the
// place of a file, for opening those can block or act.
Result<PseudoFile> read_regular_file(FileSystem& kernel, std::string_view path,
                                     std::size_t limit = kSmallFile);

// The entry that `path` leads to over ordinary links in any of its parts, and its real path in it;
// kCorrupt on a loop. For paths outside /proc and /sys, where FileSystem follows no links itself.
Result<Entry> resolve_links(FileSystem& kernel, std::string_view path);

// Calls `line` with each line without its newline, in constant memory. Lines over 64 KiB are cut
// and the rest of them skipped. `line` answers false to stop early.
Result<void> for_each_line(FileSystem& kernel, std::string_view path,
                           const std::function<bool(std::string_view)>& line);

}  // namespace konseki::procfs
