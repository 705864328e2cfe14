#include "agent/match/webshell/word_scanner.h"

namespace konseki::webshell {
namespace {

constexpr std::array<unsigned char, 256> kLower = [] {
  std::array<unsigned char, 256> table{};
  for (std::size_t i = 0; i < 256; ++i) {
    table[i] = static_cast<unsigned char>(i >= 'A' && i <= 'Z' ? i + 32 : i);
  }
  return table;
}();

}  // namespace

WordScanner::WordScanner(std::span<const std::string_view> words)
    : words_(words.begin(), words.end()), pairs_(65536, 0) {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const auto first = static_cast<unsigned char>(words_[i][0]);
    const auto second = static_cast<unsigned char>(words_[i][1]);
    pairs_[first << 8 | second] = 1;
    by_first_[first].push_back(static_cast<std::uint16_t>(i));
  }
}

bool WordScanner::match(std::string_view text, std::size_t at, std::vector<bool>* found) const {
  bool any = false;
  for (const std::uint16_t index : by_first_[kLower[static_cast<unsigned char>(text[at])]]) {
    const std::string_view word = words_[index];
    if (found != nullptr && (*found)[index]) continue;
    if (text.size() - at < word.size()) continue;
    std::size_t i = 1;
    while (i < word.size() && kLower[static_cast<unsigned char>(text[at + i])] ==
                                  static_cast<unsigned char>(word[i])) {
      ++i;
    }
    if (i < word.size()) continue;
    any = true;
    if (found == nullptr) return true;
    (*found)[index] = true;
  }
  return any;
}

bool WordScanner::scan(std::string_view text, std::vector<bool>& found) const {
  found.assign(words_.size(), false);
  bool any = false;
  unsigned int previous = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned int byte = kLower[static_cast<unsigned char>(text[i])];
    if (i > 0 && pairs_[previous << 8 | byte] != 0) any |= match(text, i - 1, &found);
    previous = byte;
  }
  return any;
}

bool WordScanner::any(std::string_view text) const {
  unsigned int previous = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned int byte = kLower[static_cast<unsigned char>(text[i])];
    if (i > 0 && pairs_[previous << 8 | byte] != 0 && match(text, i - 1, nullptr)) return true;
    previous = byte;
  }
  return false;
}

}  // namespace konseki::webshell
