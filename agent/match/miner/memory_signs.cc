#include "agent/match/miner/memory_signs.h"

#include <algorithm>
#include <charconv>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::size_t kMostPools = 20;
constexpr std::size_t kMostPlaces = 1000;  // looked at of one text in one block
// Characters before and after a place that belong to an address.
constexpr std::size_t kBefore = 64;
constexpr std::size_t kAfter = 200;
constexpr std::string_view kStratum = "stratum";

char folded(std::byte byte) {
  const char c = std::to_integer<char>(byte);
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

// Characters at every byte, or at every other one where the text is UTF-16.
class Characters {
 public:
  Characters(std::span<const std::byte> block, bool wide)
      : block_(block), step_(wide ? 2 : 1), wide_(wide) {}

  // Lower case; 0 for what is no ASCII or lies outside.
  char at(std::size_t offset) const {
    if (offset >= block_.size() || (wide_ && offset + 1 >= block_.size())) return 0;
    if (wide_ && block_[offset + 1] != std::byte{0}) return 0;
    const char c = folded(block_[offset]);
    return c > ' ' && c < 0x7f ? c : '\0';
  }
  std::size_t step() const { return step_; }

  std::string text(std::size_t offset, std::size_t most) const {
    std::string out;
    for (; out.size() < most; offset += step_) {
      const char c = at(offset);
      if (c == 0) break;
      out += c;
    }
    return out;
  }

 private:
  std::span<const std::byte> block_;
  std::size_t step_;
  bool wide_;
};

// The port behind "HOST:"; 0 when there is none.
unsigned port_at(std::string_view text) {
  if (!text.starts_with(':')) return 0;
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), port);
  return error == std::errc() && port <= 65535 ? port : 0;
}

// How long the host at the beginning of `text` is; 0 unless it has a name of two parts.
std::size_t host_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_host_character(text[length])) ++length;
  const std::size_t dot = text.substr(0, length).find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < length ? length : 0;
}

}  // namespace

MemorySigns::MemorySigns(const MinerData& data) : data_(data) {
  add(std::string(kStratum), false);
  for (const std::string& pool : data.pool_names()) add(pool, true);
  search_.seal();
}

void MemorySigns::add(std::string text, bool pool) {
  if (text.size() < yara::kShortestNeedle) return;
  std::string wide;
  for (const char c : text) wide += {c, '\0'};
  search_.add({text, true});
  texts_.push_back({text, false, pool});
  search_.add({wide, true});
  texts_.push_back({std::move(text), true, pool});
}

void MemorySigns::look(std::span<const std::byte> block, std::uint64_t base, State& state) const {
  state.needles_.reset();
  search_.look(block, state.needles_);
  std::vector<std::uint32_t> found = state.needles_.found();
  std::sort(found.begin(), found.end());
  for (const std::uint32_t number : found) {
    const Text& needle = texts_[number];
    const std::size_t step = needle.wide ? 2 : 1;
    const auto same = [&](std::size_t at) {
      for (std::size_t i = 0; i < needle.text.size(); ++i) {
        if (folded(block[at + i * step]) != needle.text[i]) return false;
        if (needle.wide && block[at + i * step + 1] != std::byte{0}) return false;
      }
      return true;
    };
    const std::size_t length = needle.text.size() * step;
    std::size_t places = 0;
    for (std::size_t at = 0; at + length <= block.size() && places < kMostPlaces; ++at) {
      if (folded(block[at]) != needle.text[0] || !same(at)) continue;
      ++places;
      look_at_place(needle, block, at, base, state);
    }
  }
}

void MemorySigns::look_at_place(const Text& needle, std::span<const std::byte> block,
                                std::size_t at, std::uint64_t base, State& state) const {
  const Characters characters(block, needle.wide);
  MinerSign sign;
  sign.kind = MinerSignKind::kMining;
  std::size_t from = at;
  if (needle.pool) {
    for (std::size_t i = 0; i < kBefore && from >= characters.step() &&
                            is_host_character(characters.at(from - characters.step()));
         ++i) {
      from -= characters.step();
    }
    const std::string text = characters.text(from, kBefore + kAfter);
    const std::size_t length = host_length(text);
    const std::string_view pool = data_.pool_of(std::string_view(text).substr(0, length));
    if (pool.empty()) return;
    state.pools_.insert(std::string(pool));
    const unsigned port = port_at(std::string_view(text).substr(length));
    if (port == 0) return;
    sign.name = "memory.pool";
    sign.score = 45;
    sign.text = {"a known mining pool with a port (" + std::string(pool) + ")",
                 "ポート付きの既知のマイニングプール (" + std::string(pool) + ")"};
    sign.excerpt = text.substr(0, length + 1 + std::to_string(port).size());
  } else {
    const std::string text = characters.text(from, kAfter);
    std::size_t scheme = kStratum.size();
    while (scheme < text.size() && (is_host_character(text[scheme]) || text[scheme] == '+')) {
      ++scheme;
    }
    if (!std::string_view(text).substr(scheme).starts_with("://")) return;
    const std::size_t host = host_length(std::string_view(text).substr(scheme + 3));
    if (host == 0) return;
    std::size_t end = scheme + 3 + host;
    if (const unsigned port = port_at(std::string_view(text).substr(end)); port != 0) {
      end += 1 + std::to_string(port).size();
    }
    sign.name = "memory.stratum";
    sign.score = 60;
    sign.text = {"an address of the mining protocol Stratum",
                 "マイニング用プロトコル Stratum の接続先"};
    sign.excerpt = text.substr(0, end);
  }
  sign.range = {base + from, sign.excerpt.size() * characters.step()};
  state.found_.emplace(sign.name, std::move(sign));
}

std::vector<MinerSign> MemorySigns::take(State& state) const {
  if (state.pools_.size() > kMostPools) state.found_.erase("memory.pool");
  std::vector<MinerSign> signs;
  for (auto& [name, sign] : state.found_) signs.push_back(std::move(sign));
  state.found_.clear();
  state.pools_.clear();
  return signs;
}

}  // namespace konseki
