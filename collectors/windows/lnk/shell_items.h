// The path that a shell item list means, as far as files and drives go.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace konseki::windows {

// "C:\Users\taro\a.txt" from the items of a link target (a run of counted items, [MS-SHLLINK]
// 2.2). Long Unicode names come from the extension block 0xBEEF0004, so they are right whatever
// the code page. Items that are neither drive nor file system entry are left out; "" when there
// is none, or the list is damaged before the first.
std::string shell_item_path(std::span<const std::byte> items);

}  // namespace konseki::windows
