#include "collectors/windows/security_products/exclusion_signs.h"

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"
#include "collectors/windows/live/live_path.h"
#include "collectors/windows/live/program_names.h"

namespace konseki::windows {
namespace {

constexpr auto kProgramExtensions = std::to_array<std::string_view>(
    {"exe", "dll", "sys", "scr",  "com", "bat",  "cmd", "ps1", "psm1",
     "vbs", "vbe", "js",  "jse",  "wsf", "wsh",  "hta", "msi", "jar",
     "py",  "lnk", "iso", "aspx", "asp", "ashx", "php", "jsp", "*"});

// "C:\", "C:", "C:\*", "*:\", "*".
bool is_whole_drive(std::string_view path) {
  while (!path.empty() && (path.back() == '*' || path.back() == '/')) path.remove_suffix(1);
  return path.empty() || (path.size() == 2 && path[1] == ':');
}

std::string folder_form(std::string_view value) {
  std::string path(value);
  std::ranges::replace(path, '\\', '/');
  return path;
}

}  // namespace

std::vector<std::string> exclusion_signs(std::string_view kind, std::string_view value) {
  std::vector<std::string> signs;
  if (kind == "extension") {
    std::string extension = fold_case(value);
    if (extension.starts_with('.')) extension.erase(0, 1);
    if (std::ranges::find(kProgramExtensions, extension) != kProgramExtensions.end()) {
      signs.emplace_back("excludes_programs");
    }
    return signs;
  }
  if (kind != "path" && kind != "process" && kind != "folder_access" && kind != "attack_surface") {
    return signs;
  }
  const std::string path = folder_form(value);
  // Folders are written without the '/' at their end that tells "temp" from "template".
  const std::string place = path + "/";
  const std::string folded = fold_case(place);
  if (kind == "path" && is_whole_drive(path)) signs.emplace_back("excludes_whole_drive");
  if (is_temporary_place(place) || folded.starts_with("%temp%") || folded.starts_with("%tmp%")) {
    signs.emplace_back("excludes_temporary_place");
  } else if (is_user_writable_place(place) || folded.starts_with("%appdata%") ||
             folded.starts_with("%localappdata%") || folded.starts_with("%userprofile%") ||
             folded.starts_with("%programdata%") || folded.starts_with("%public%")) {
    signs.emplace_back("excludes_user_writable_place");
  }
  if (runs_commands(file_name_of(path))) signs.emplace_back("excludes_command_interpreter");
  std::ranges::sort(signs);
  return signs;
}

}  // namespace konseki::windows
