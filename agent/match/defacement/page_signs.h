// PageSign: one trait that web pages have after an intruder wrote on them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/text.h"

namespace konseki {

struct PageSign {
  std::string name;  // stable: "page.claim_in_title"
  int score = 0;
  Bilingual text;
  ByteRange range;      // in the text that was looked at
  std::string excerpt;  // as it stands there, at most 200 bytes
};

// Traits of defacement and of spam that was put into a page: who claims it, in several languages;
// links that nobody is to see; words of shops that never were here; visitors sent elsewhere, all of
// them or only those who come from a search engine. Each sign at most once. Linear in the text, of
// which 1 MiB is looked at.
std::vector<PageSign> signs_in_page(std::string_view text);

}  // namespace konseki
