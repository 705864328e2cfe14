#include "agent/artifact/variables.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::size_t kMaxExpansions = 4096;

constexpr std::string_view kKnown[] = {
    "current_control_set",
    "environ_allusersappdata",
    "environ_allusersprofile",
    "environ_programdata",
    "environ_programfiles",
    "environ_programfilesx86",
    "environ_systemdrive",
    "environ_systemroot",
    "environ_windir",
    "users.appdata",
    "users.homedir",
    "users.localappdata",
    "users.localappdata_low",
    "users.sid",
    "users.temp",
    "users.username",
    "users.userprofile",
    "web.log",
    "web.root",
};

// A piece of the text: either verbatim or the name of a variable.
struct Piece {
  std::string text;
  bool variable = false;
};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  while (!text.empty()) {
    const std::size_t open = text.find("%%");
    const std::size_t close = open == std::string_view::npos ? open : text.find("%%", open + 2);
    if (close == std::string_view::npos) {
      pieces.push_back({std::string(text), false});
      break;
    }
    if (open > 0) pieces.push_back({std::string(text.substr(0, open)), false});
    pieces.push_back({fold_case(text.substr(open + 2, close - open - 2)), true});
    text.remove_prefix(close + 2);
  }
  return pieces;
}

}  // namespace

std::vector<std::string> variables_in(std::string_view text) {
  std::vector<std::string> names;
  for (Piece& piece : pieces_of(text)) {
    if (piece.variable) names.push_back(std::move(piece.text));
  }
  return names;
}

bool is_known_variable(std::string_view lower_case_name) {
  return std::binary_search(std::begin(kKnown), std::end(kKnown), lower_case_name);
}

Expansion expand_variables(std::string_view text, const VariableValues& values) {
  Expansion expansion{{""}, false};
  for (const Piece& piece : pieces_of(text)) {
    if (!piece.variable) {
      for (std::string& result : expansion.texts) result += piece.text;
      continue;
    }
    auto found = values.find(piece.text);
    if (found == values.end()) return {};
    std::vector<std::string> longer;
    for (const std::string& result : expansion.texts) {
      for (const std::string& value : found->second) {
        if (longer.size() == kMaxExpansions) {
          expansion.truncated = true;
          break;
        }
        longer.push_back(result + value);
      }
    }
    expansion.texts = std::move(longer);
  }
  std::unordered_set<std::string> seen;
  std::erase_if(expansion.texts,
                [&](const std::string& result) { return !seen.insert(result).second; });
  return expansion;
}

}  // namespace konseki
