// What the kernel writes as the target of its own links: exe, fd/N, ns/X.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace konseki::procfs {

// The number in "socket:[123]" or "mnt:[4026531840]" when the text before it is `kind`.
std::optional<std::uint64_t> bracketed_number(std::string_view target, std::string_view kind);

// The kernel appends " (deleted)" to the path of a file whose name is gone. A file may also be
// named so; only looking for that name tells.
bool says_deleted(std::string_view target);
std::string_view without_deleted(std::string_view target);

// A file that only ever was in memory (memfd_create): "/memfd:name (deleted)".
bool is_memory_file(std::string_view target);

// A place that anyone may write to, where programs have no business: /tmp, /var/tmp, /dev,
// /run/user.
bool is_temporary_place(std::string_view path);

}  // namespace konseki::procfs
