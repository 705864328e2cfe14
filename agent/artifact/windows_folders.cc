#include "agent/artifact/windows_folders.h"

#include <algorithm>

#include "agent/artifact/glob.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

bool has_drive(std::string_view path) { return path.size() >= 2 && path[1] == ':'; }

void add_once(std::vector<std::string>& list, std::string text) {
  if (text.empty()) return;
  const std::string folded = fold_case(text);
  const bool known = std::any_of(list.begin(), list.end(),
                                 [&](const auto& item) { return fold_case(item) == folded; });
  if (!known) list.push_back(std::move(text));
}

std::string parent_of(std::string_view path) {
  return std::string(path.substr(0, std::min(path.rfind('/'), path.size())));
}

}  // namespace

void WindowsFolders::set_own_system_root(std::string_view text) {
  own_drive_ = has_drive(text) ? fold_case(text.substr(0, 2)) : "";
}

std::string WindowsFolders::display_path(std::string_view path) const {
  std::string text(path);
  std::replace(text.begin(), text.end(), '\\', '/');
  const std::string folded = fold_case(text);
  for (std::string_view name : {"%systemdrive%", "%homedrive%"}) {
    if (folded.starts_with(name)) return mount + text.substr(name.size());
  }
  for (std::string_view name : {"%systemroot%", "%windir%"}) {
    if (folded.starts_with(name)) return mount + "/" + system_root + text.substr(name.size());
  }
  if (!has_drive(text)) return {};
  if (own_drive_ == folded.substr(0, 2)) return mount + text.substr(2);
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

VariableValues WindowsFolders::variables() const {
  VariableValues values;
  const std::string root = mount + "/" + system_root;
  const std::string old_shared = mount + "/Documents and Settings/All Users";
  const bool with_old = old_layout || both_layouts;
  values["environ_systemdrive"] = {mount};
  values["environ_systemroot"] = {root};
  values["environ_windir"] = {root};

  auto& files = values["environ_programfiles"];
  files.push_back(mount + "/Program Files");
  add_once(files, escape_glob(display_path(program_files)));
  auto& files_x86 = values["environ_programfilesx86"];
  files_x86.push_back(mount + "/Program Files (x86)");
  add_once(files_x86, escape_glob(display_path(program_files_x86)));

  std::vector<std::string> data{mount + "/ProgramData"};
  add_once(data, escape_glob(display_path(program_data)));
  values["environ_programdata"] = data;
  values["environ_allusersprofile"] = data;
  values["environ_allusersappdata"] = data;
  if (with_old) {
    values["environ_allusersprofile"].push_back(old_shared);
    values["environ_allusersappdata"].push_back(old_shared + "/Application Data");
  }

  // Everything in the folders of profiles, so that accounts no hive knows any more are found.
  std::vector<std::string> bases;
  if (!old_layout) bases.push_back(mount + "/Users");
  if (with_old) bases.push_back(mount + "/Documents and Settings");
  add_once(bases, display_path(profiles));
  std::vector<std::string> profile_patterns;
  for (const std::string& base : bases) profile_patterns.push_back(escape_glob(base) + "/*");
  for (std::string_view own :
       {"/System32/config/systemprofile", "/SysWOW64/config/systemprofile",
        "/ServiceProfiles/LocalService", "/ServiceProfiles/NetworkService"}) {
    profile_patterns.push_back(root + std::string(own));
  }
  for (const std::string& home : homes) {
    const std::string parent = fold_case(parent_of(home));
    const bool covered = std::any_of(bases.begin(), bases.end(),
                                     [&](const auto& base) { return fold_case(base) == parent; });
    if (!covered) add_once(profile_patterns, escape_glob(home));
  }

  values["users.userprofile"] = profile_patterns;
  values["users.homedir"] = profile_patterns;
  values["users.username"] = {"*"};
  values["users.sid"] = {"S-1-*"};
  for (const std::string& profile : profile_patterns) {
    values["users.appdata"].push_back(profile + "/AppData/Roaming");
    values["users.localappdata"].push_back(profile + "/AppData/Local");
    values["users.localappdata_low"].push_back(profile + "/AppData/LocalLow");
    values["users.temp"].push_back(profile + "/AppData/Local/Temp");
    if (!with_old) continue;
    values["users.appdata"].push_back(profile + "/Application Data");
    values["users.localappdata"].push_back(profile + "/Local Settings/Application Data");
    values["users.temp"].push_back(profile + "/Local Settings/Temp");
  }
  return values;
}

}  // namespace konseki
