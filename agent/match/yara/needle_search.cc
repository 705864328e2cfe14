#include "agent/match/yara/needle_search.h"

#include <algorithm>
#include <cstring>

namespace konseki::yara {
namespace {

constexpr std::size_t kWindow = 4;
constexpr std::size_t kTag = 8;
// Comparisons that a content may cause, beside some for each of its bytes.
constexpr std::uint64_t kWorkPerByte = 8;
constexpr std::uint64_t kFreeWork = 100'000;

// The table of bits has 2^14 words; what passes is looked up by 2^16 hashes.
constexpr unsigned kWordShift = 64 - 14;
constexpr unsigned kBitShift = kWordShift - 6;
constexpr unsigned kEndShift = 64 - 16;

// Letters of both cases become one, and so do a few other bytes.
constexpr std::uint64_t kFold = 0x2020202020202020;

std::uint64_t tag_of(const void* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, kTag);
  return word | kFold;
}

std::uint64_t hash_of(const void* at) {
  std::uint32_t word = 0;
  std::memcpy(&word, at, kWindow);
  return (word | static_cast<std::uint32_t>(kFold)) * 0x9e3779b97f4a7c15;
}

// How common a byte is in programs and texts, roughly.
int commonness(char c) {
  constexpr std::string_view kMost("\0 etaoinsrl", 11);
  constexpr std::string_view kMany("cdupmhgfyw_./:-=\"'0123456789\x01\x02\xff\x48\x8b\x89\x0f\x24");
  if (kMost.find(c) != std::string_view::npos) return 6;
  return kMany.find(c) != std::string_view::npos ? 4 : 1;
}

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool same(const Needle& needle, const char* at) {
  if (!needle.any_case) return std::memcmp(needle.bytes.data(), at, needle.bytes.size()) == 0;
  for (std::size_t i = 0; i < needle.bytes.size(); ++i) {
    if (folded(needle.bytes[i]) != folded(at[i])) return false;
  }
  return true;
}

}  // namespace

void NeedleSearch::State::reset() {
  for (const std::uint32_t each : found_) seen_[each] = false;
  found_.clear();
  work_ = 0;
  overloaded_ = false;
}

std::uint32_t NeedleSearch::add(const Needle& needle) {
  needles_.push_back(needle);
  return static_cast<std::uint32_t>(needles_.size() - 1);
}

void NeedleSearch::seal() {
  // What many needles share is common in files as well: the rarest window tells most.
  std::vector<std::uint8_t> counts(std::size_t{1} << 20);
  const auto counter = [&](const char* at) -> std::uint8_t& { return counts[hash_of(at) >> 44]; };
  for (const Needle& needle : needles_) {
    for (std::size_t at = 0; at + kWindow <= needle.bytes.size(); ++at) {
      std::uint8_t& count = counter(needle.bytes.data() + at);
      count = static_cast<std::uint8_t>(std::min(count + 1, 255));
    }
  }
  std::vector<std::pair<std::uint64_t, Window>> windows;
  for (std::uint32_t i = 0; i < needles_.size(); ++i) {
    std::string& bytes = needles_[i].bytes;
    std::size_t best = 0;
    int best_cost = 0;
    for (std::size_t at = 0; at + kWindow <= bytes.size(); ++at) {
      int cost = std::min<int>(counter(bytes.data() + at), 16);
      for (std::size_t j = at; j < at + kWindow; ++j) {
        const bool again = bytes.find(bytes[j], at) < j;
        cost += again ? 6 : commonness(folded(bytes[j]));
      }
      if (at > 0 && cost >= best_cost) continue;
      best = at;
      best_cost = cost;
    }
    if (bytes.size() > kLongest) {
      const std::size_t from =
          std::min(best - std::min(best, (kLongest - kWindow) / 2), bytes.size() - kLongest);
      bytes = bytes.substr(from, kLongest);
      best -= from;
    }
    Window window;
    window.needle = i;
    window.at = static_cast<std::uint8_t>(best);
    window.has_tag = bytes.size() >= kTag;
    if (window.has_tag) {
      const std::size_t tag_at = std::min(best, bytes.size() - kTag);
      window.tag_at = static_cast<std::uint8_t>(best - tag_at);
      window.tag = tag_of(bytes.data() + tag_at);
    }
    windows.emplace_back(hash_of(bytes.data() + best), window);
  }
  bits_.assign(std::size_t{1} << 14, 0);
  ends_.assign((std::size_t{1} << 16) + 1, 0);
  for (const auto& [hash, window] : windows) {
    bits_[hash >> kWordShift] |= std::uint64_t{1} << (hash >> kBitShift & 63);
    ++ends_[(hash >> kEndShift) + 1];
  }
  for (std::size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
  std::vector<std::uint32_t> next(ends_.begin(), ends_.end() - 1);
  windows_.resize(windows.size());
  for (const auto& [hash, window] : windows) windows_[next[hash >> kEndShift]++] = window;
}

void NeedleSearch::compare(std::uint64_t hash, std::span<const std::byte> bytes, std::size_t at,
                           State& state) const {
  const std::size_t slot = hash >> kEndShift;
  const auto* content = reinterpret_cast<const char*>(bytes.data());
  state.work_ += ends_[slot + 1] - ends_[slot];
  for (std::uint32_t i = ends_[slot]; i < ends_[slot + 1]; ++i) {
    const Window& window = windows_[i];
    if (window.at > at) continue;
    const std::size_t tag_at = at - window.tag_at;
    if (window.has_tag &&
        (bytes.size() - tag_at < kTag || tag_of(content + tag_at) != window.tag)) {
      continue;
    }
    if (state.seen_[window.needle]) continue;
    const Needle& needle = needles_[window.needle];
    const std::size_t from = at - window.at;
    if (bytes.size() - from < needle.bytes.size() || !same(needle, content + from)) continue;
    state.seen_[window.needle] = true;
    state.found_.push_back(window.needle);
  }
}

void NeedleSearch::look(std::span<const std::byte> bytes, State& state) const {
  if (needles_.empty() || bytes.size() < kWindow) return;
  const std::uint64_t limit = state.work_ + kFreeWork + bytes.size() * kWorkPerByte;
  const std::uint64_t* const bits = bits_.data();
  const std::byte* const content = bytes.data();
  const std::size_t end = bytes.size() - kWindow + 1;
  for (std::size_t at = 0; at < end; ++at) {
    const std::uint64_t hash = hash_of(content + at);
    if ((bits[hash >> kWordShift] >> (hash >> kBitShift & 63) & 1) == 0) [[likely]]
      continue;
    compare(hash, bytes, at, state);
    if (state.work_ > limit) {
      state.overloaded_ = true;
      return;
    }
  }
}

}  // namespace konseki::yara
