#include "agent/artifact/glob.h"

#include <cstdint>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

// The index of the ']' that closes the set opened at `open`, or npos. A ']' right after the
// opening (and the '!') is a member.
std::size_t set_end(std::string_view glob, std::size_t open) {
  std::size_t first = open + 1;
  if (first < glob.size() && (glob[first] == '!' || glob[first] == '^')) ++first;
  return glob.find(']', first + 1);
}

bool set_contains(std::string_view set, std::uint32_t wanted) {
  bool negated = false;
  std::size_t at = 0;
  if (!set.empty() && (set[0] == '!' || set[0] == '^')) {
    negated = true;
    at = 1;
  }
  bool found = false;
  while (at < set.size()) {
    const std::uint32_t low = next_code_point(set, at);
    std::uint32_t high = low;
    if (at + 1 < set.size() && set[at] == '-') {
      ++at;
      high = next_code_point(set, at);
    }
    found = found || (low <= wanted && wanted <= high);
  }
  return found != negated;
}

// Matches one character of `name` against one element of `glob`; advances both on success.
bool match_one(std::string_view glob, std::size_t& g, std::string_view name, std::size_t& n) {
  std::size_t after_name = n;
  const std::uint32_t character = next_code_point(name, after_name);
  std::size_t after_glob = g;
  bool matches = false;
  const std::size_t end = glob[g] == '[' ? set_end(glob, g) : std::string_view::npos;
  if (end != std::string_view::npos) {
    matches = set_contains(glob.substr(g + 1, end - g - 1), character);
    after_glob = end + 1;
  } else if (glob[g] == '?') {
    matches = true;
    after_glob = g + 1;
  } else {
    matches = next_code_point(glob, after_glob) == character;
  }
  if (!matches) return false;
  g = after_glob;
  n = after_name;
  return true;
}

}  // namespace

bool has_glob(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '*' || text[at] == '?') return true;
    if (text[at] == '[' && set_end(text, at) != std::string_view::npos) return true;
  }
  return false;
}

bool glob_matches(std::string_view glob, std::string_view name) {
  constexpr auto kNone = std::string_view::npos;
  std::size_t g = 0;
  std::size_t n = 0;
  std::size_t star = kNone;   // just past the last '*' seen
  std::size_t star_name = 0;  // where in `name` its run ends for now
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = ++g;
      star_name = n;
    } else if (g < glob.size() && match_one(glob, g, name, n)) {
    } else if (star != kNone) {
      next_code_point(name, star_name);  // let the '*' take one more character
      n = star_name;
      g = star;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

std::string escape_glob(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '*' || c == '?' || c == '[') {
      out += {'[', c, ']'};
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace konseki
