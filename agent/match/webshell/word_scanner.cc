#include "agent/match/webshell/word_scanner.h"

#include <array>

namespace konseki::webshell {
namespace {

constexpr std::array<unsigned char, 256> kLower = [] {
  std::array<unsigned char, 256> table{};
  for (std::size_t i = 0; i < 256; ++i) {
    table[i] = static_cast<unsigned char>(i >= 'A' && i <= 'Z' ? i + 32 : i);
  }
  return table;
}();

// How common a byte is in scripts, roughly; only the speed depends on it.
unsigned int commonness(char c) {
  static constexpr std::string_view kByFrequency =
      " etasrionlpcd$u'_hm-(>);,=\nfgy.b*v/w:\"kx[]0{}1?2!<&|@jqz";
  const std::size_t rank = kByFrequency.find(c);
  return rank == std::string_view::npos ? 1U
                                        : static_cast<unsigned int>(kByFrequency.size() - rank);
}

std::size_t rarest_pair(std::string_view word) {
  std::size_t best = 0;
  unsigned int least = ~0U;
  for (std::size_t i = 0; i + 1 < word.size(); ++i) {
    const unsigned int common = commonness(word[i]) * commonness(word[i + 1]);
    if (common < least) {
      least = common;
      best = i;
    }
  }
  return best;
}

bool stands_at(std::string_view text, std::size_t at, std::string_view word) {
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (kLower[static_cast<unsigned char>(text[at + i])] != static_cast<unsigned char>(word[i]))
      return false;
  }
  return true;
}

}  // namespace

WordScanner::WordScanner(std::span<const std::string_view> words)
    : count_(words.size()), pairs_(65536, 0), lists_(1) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t offset = rarest_pair(words[i]);
    const auto first = static_cast<unsigned char>(words[i][offset]);
    const auto second = static_cast<unsigned char>(words[i][offset + 1]);
    std::uint8_t& list = pairs_[static_cast<std::size_t>(first << 8 | second)];
    if (list == 0) {
      list = static_cast<std::uint8_t>(lists_.size());
      lists_.emplace_back();
    }
    lists_[list].push_back({words[i], i, offset});
  }
}

template <class Visit>
void WordScanner::walk(std::string_view text, Visit visit) const {
  if (text.empty()) return;
  const std::uint8_t* const pairs = pairs_.data();
  unsigned int previous = kLower[static_cast<unsigned char>(text[0])];
  for (std::size_t i = 1; i < text.size(); ++i) {
    const unsigned int byte = kLower[static_cast<unsigned char>(text[i])];
    const std::uint8_t list = pairs[previous << 8 | byte];
    previous = byte;
    if (list == 0) continue;
    for (const Candidate& candidate : lists_[list]) {
      if (i - 1 < candidate.offset) continue;
      const std::size_t at = i - 1 - candidate.offset;
      if (text.size() - at < candidate.word.size() || !stands_at(text, at, candidate.word))
        continue;
      if (!visit(candidate.index)) return;
    }
  }
}

bool WordScanner::scan(std::string_view text, std::vector<bool>& found) const {
  found.assign(count_, false);
  bool any = false;
  walk(text, [&](std::size_t index) {
    found[index] = true;
    any = true;
    return true;
  });
  return any;
}

bool WordScanner::any(std::string_view text) const {
  bool any = false;
  walk(text, [&](std::size_t) {
    any = true;
    return false;
  });
  return any;
}

}  // namespace konseki::webshell
