// What the instruction page of a rescue kit says, apart from how it is set.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "agent/kit/kit_config.h"
#include "konseki/text.h"

namespace konseki {

struct KitPageFacts {
  const KitConfig* config = nullptr;
  std::string linux_program;  // file names; empty: not in the kit
  std::string windows_program;
  std::optional<std::chrono::seconds> max_time;  // of the kit or of its profile
};

struct PageLine {
  Bilingual text;
  std::string command;  // to be typed, on a line of its own; may be empty
};

struct PageSection {
  Bilingual heading;
  bool numbered = false;  // steps, in their order
  std::vector<PageLine> lines;
};

inline const Bilingual kKitPageTitle{"What to do with this stick", "この USB メモリーの使い方"};

// Who to call, or a gap to write it into.
Bilingual kit_contact(const KitConfig& config);

// In the order of reading.
std::vector<PageSection> kit_page_sections(const KitPageFacts& facts);

}  // namespace konseki
