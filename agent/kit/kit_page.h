// The instruction page of a rescue kit: one sheet in Japanese and one in English.
#pragma once

#include <string>

#include "agent/kit/kit_page_text.h"

namespace konseki {

// Self-contained HTML for A4 paper, without script; nothing is loaded from anywhere. The sheet of
// `first` comes first.
std::string kit_page_html(const KitPageFacts& facts, Language first);

// The same as text: UTF-8 with byte order mark and CRLF, as old Notepads need it.
std::string kit_page_text(const KitPageFacts& facts, Language first);

}  // namespace konseki
