// What the tests of the script analysis share: words that are split, so that the tests themselves
// are no webshells, and what is seen in a script.
#pragma once

#include <string>
#include <vector>

#include "agent/match/webshell/analysis.h"

namespace konseki::webshell {

inline const std::string kPhp = std::string("<") + "?php ";
inline const std::string kPost = std::string("$_PO") + "ST";
inline const std::string kEval = std::string("ev") + "al";

// The names of the witnesses of a page under its name.
inline std::vector<std::string> seen_in_page(const std::string& page, const std::string& name) {
  std::vector<std::string> names;
  for (const Witness& witness : analyse(page, name).witnesses) names.push_back(witness.name);
  return names;
}

// Of a script of PHP without its tag.
inline std::vector<std::string> seen_in(const std::string& code) {
  return seen_in_page(kPhp + code, "a.php");
}

inline int score_of(const std::string& code) { return analyse(kPhp + code, "a.php").score(); }

}  // namespace konseki::webshell
