// PlantedContent: contents made from what rules look for, so that many of them fire. Harmless: the
// strings of a rule one after another behind the head of a program, a script or nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace konseki::testing {

struct PlantedContent {
  std::string rule;  // that it was made for
  std::string bytes;
};

// Some contents for each rule of a rule file's text: all of its strings behind several heads, and
// some of its strings only.
std::vector<PlantedContent> planted_contents(std::string_view rule_file);

}  // namespace konseki::testing
