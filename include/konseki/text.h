// Text for people: every message exists in Japanese and English.
#pragma once

#include <string>

namespace konseki {

enum class Language { kEnglish, kJapanese };

// One message in both languages. Both sides are UTF-8 and either both empty or both filled.
struct Bilingual {
  std::string en;
  std::string ja;

  const std::string& in(Language language) const {
    return language == Language::kJapanese ? ja : en;
  }
  bool empty() const { return en.empty(); }
};

}  // namespace konseki
