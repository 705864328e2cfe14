// Triggers of a task in words.
#pragma once

#include <pugixml.hpp>
#include <string>

namespace konseki::windows {

// The name without its namespace prefix.
std::string_view local_name(const pugi::xml_node& node);

// First child of that local name (null node when absent), and its text without blanks around.
pugi::xml_node child_named(const pugi::xml_node& node, std::string_view name);
std::string child_text(const pugi::xml_node& node, std::string_view name);

// "every 2 weeks on Monday, Friday from 2026-01-02T03:00:00, repeated every PT1H"
std::string describe_trigger(const pugi::xml_node& trigger);

}  // namespace konseki::windows
