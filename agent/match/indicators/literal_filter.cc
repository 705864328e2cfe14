#include "agent/match/indicators/literal_filter.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace konseki {
namespace {

// What case folding or normal form C turn into ASCII: long s, kelvin sign, two punctuation marks.
constexpr std::array<std::pair<std::string_view, char>, 4> kBecomeAscii = {{
    {"\xC5\xBF", 's'},
    {"\xE2\x84\xAA", 'k'},
    {"\xCD\xBE", ';'},
    {"\xE1\xBF\xAF", '`'},
}};

constexpr std::size_t kHashes = 1U << 16;

}  // namespace

void fold_for_filter(std::string_view text, std::string& out) {
  out.resize(text.size());
  std::size_t size = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    out[size] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if ((c & 0x80) != 0) {
      for (const auto& [from, to] : kBecomeAscii) {
        if (!text.substr(at).starts_with(from)) continue;
        out[size] = to;
        at += from.size() - 1;
        break;
      }
    }
    ++size;
  }
  out.resize(size);
}

void LiteralFilter::add(std::string_view literal, std::uint32_t id) {
  literals_.push_back({std::string(literal), id, 0});
}

template <std::size_t Size>
void LiteralFilter::build(Table& table) {
  // Each literal stands under the gram that the fewest others have too.
  std::unordered_map<std::uint32_t, std::uint32_t> uses;
  const auto is_mine = [](const Literal& literal) {
    return Size == 3 ? literal.text.size() == 3 : literal.text.size() >= 4;
  };
  for (const Literal& each : literals_) {
    if (!is_mine(each)) continue;
    for (std::size_t i = 0; i + Size <= each.text.size(); ++i) {
      ++uses[gram_hash<Size>(each.text.data() + i)];
    }
  }
  if (uses.empty()) return;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> places;  // hash, literal
  for (std::uint32_t n = 0; n < literals_.size(); ++n) {
    Literal& each = literals_[n];
    if (!is_mine(each)) continue;
    std::uint32_t best = 0;
    std::uint32_t fewest = UINT32_MAX;
    for (std::size_t i = 0; i + Size <= each.text.size(); ++i) {
      const std::uint32_t hash = gram_hash<Size>(each.text.data() + i);
      if (uses[hash] >= fewest) continue;
      fewest = uses[hash];
      best = hash;
      each.gram_at = static_cast<std::uint32_t>(i);
    }
    places.emplace_back(best, n);
  }
  std::sort(places.begin(), places.end());
  table.ends.assign(kHashes + 1, 0);
  for (const auto& [hash, literal] : places) {
    table.bits[hash >> 6] |= std::uint64_t{1} << (hash & 63);
    ++table.ends[hash + 1];
    table.members.push_back(literal);
  }
  for (std::size_t i = 1; i <= kHashes; ++i) table.ends[i] += table.ends[i - 1];
}

void LiteralFilter::seal() {
  build<4>(four_);
  build<3>(three_);
}

}  // namespace konseki
