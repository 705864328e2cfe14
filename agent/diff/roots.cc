#include "agent/diff/roots.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::size_t kSample = 2000;
constexpr std::size_t kMostPairs = 100'000;
constexpr std::size_t kMostOthers = 5;

// Votes of one side for where the other lies in it.
using Votes = std::map<std::pair<std::string, std::string>, std::size_t>;

// The whole path and everything behind a '/', longest first.
template <class Visit>
void each_ending(std::string_view path, Visit&& visit) {
  while (true) {
    if (!visit(path)) return;
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}

// What is left of `path` before `ending`, without the '/' between.
std::string_view before(std::string_view path, std::string_view ending) {
  path.remove_suffix(ending.size());
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

std::vector<std::string> keys_of(std::span<const SideFile> files, bool case_blind,
                                 std::size_t most) {
  const std::size_t step = files.size() / most + 1;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < files.size(); i += step) {
    out.push_back(case_blind ? fold_case(files[i].path) : files[i].path);
  }
  return out;
}

Votes count(const std::vector<std::string>& small, const std::vector<std::string>& large) {
  // Ends that lie in several folders ("index.php") say nothing by themselves.
  std::unordered_map<std::string_view, std::string_view> ends;  // end -> folder before it
  constexpr std::string_view kSeveral("\0", 1);
  for (const std::string& path : small) {
    each_ending(path, [&](std::string_view ending) {
      const auto [found, fresh] = ends.try_emplace(ending, before(path, ending));
      if (!fresh) found->second = kSeveral;
      return true;
    });
  }
  Votes votes;
  for (const std::string& path : large) {
    each_ending(path, [&](std::string_view ending) {
      const auto found = ends.find(ending);
      if (found == ends.end()) return true;
      if (found->second == kSeveral) return false;
      if (votes.size() < kMostPairs) {
        ++votes[{std::string(found->second), std::string(before(path, ending))}];
      }
      return false;
    });
  }
  return votes;
}

}  // namespace

RootPair align_roots(std::span<const SideFile> old_files, std::span<const SideFile> new_files,
                     bool case_blind) {
  const bool old_is_small = old_files.size() <= new_files.size();
  const auto small = keys_of(old_is_small ? old_files : new_files, case_blind, kSample);
  const auto large =
      keys_of(old_is_small ? new_files : old_files, case_blind, std::max<std::size_t>(1, SIZE_MAX));
  RootPair best;
  const Votes votes = count(small, large);
  const auto top = std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) {
    return a.second < b.second;  // of equals the first: the shortest
  });
  if (top == votes.end()) return best;
  const auto& [of_small, of_large] = top->first;
  best.fitting = top->second;
  best.old_root = old_is_small ? of_small : of_large;
  best.new_root = old_is_small ? of_large : of_small;
  for (const auto& [pair, number] : votes) {
    const std::string& other = old_is_small ? pair.second : pair.first;
    if (other == best.new_root || number * 2 < best.fitting) continue;
    if (best.others.size() < kMostOthers) best.others.push_back(other);
  }
  return best;
}

}  // namespace konseki
