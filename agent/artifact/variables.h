// "%%users.homedir%%" and its kin inside patterns.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

using VariableValues = std::map<std::string, std::vector<std::string>, std::less<>>;

// Lower-case names between the %% pairs, in order. An odd "%%" ends the search.
std::vector<std::string> variables_in(std::string_view text);

// True for every name that ForensicArtifacts defines (collected case-blind).
bool is_known_variable(std::string_view lower_case_name);

struct Expansion {
  std::vector<std::string> texts;  // in order, without duplicates
  bool truncated = false;          // there would have been more than 4096
};

// `text` with every variable replaced, one result per combination of values; none when a variable
// has no value.
Expansion expand_variables(std::string_view text, const VariableValues& values);

}  // namespace konseki
