// Form fields: the names under which a page's own forms and links send values to it. Old PHP made
// variables of them (register_globals), and scripts of that time read them like any other.
#pragma once

#include <string_view>
#include <vector>

namespace konseki::webshell {

// The names in <input name=…> and its kin and in "?name=" and "&name=" of links; bounded, sorted,
// each once. The views reach into `page`. Pure; markup that is none gives nothing.
std::vector<std::string_view> form_fields(std::string_view page);

}  // namespace konseki::webshell
