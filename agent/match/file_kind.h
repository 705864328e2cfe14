// FileKind: what a file is by its first bytes, under the names that YARA rules use for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace konseki {

// So many bytes are looked at; fewer are enough where the file has no more.
inline constexpr std::size_t kFileKindBytes = 512;

// "EXE", "ELF", "ZIP", "PDF", "PHP", ... as rules write `filetype == "EXE"`; "" when unknown.
// docs/yara.md lists all names.
std::string_view file_kind(std::span<const std::byte> head);

}  // namespace konseki
