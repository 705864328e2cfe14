#include "collectors/windows/base/environment.h"

#include <array>
#include <optional>

#include "agent/base/unicode.h"

namespace konseki::windows {
namespace {

enum class Base { kDrive, kRoot, kHome };

struct Variable {
  std::string_view name;
  Base base;
  std::string_view tail;
};

constexpr auto kVariables = std::to_array<Variable>({
    {"systemroot", Base::kRoot, ""},
    {"windir", Base::kRoot, ""},
    {"comspec", Base::kRoot, "/System32/cmd.exe"},
    {"systemdrive", Base::kDrive, ""},
    {"homedrive", Base::kDrive, ""},
    {"programfiles", Base::kDrive, "/Program Files"},
    {"programw6432", Base::kDrive, "/Program Files"},
    {"programfiles(x86)", Base::kDrive, "/Program Files (x86)"},
    {"commonprogramfiles", Base::kDrive, "/Program Files/Common Files"},
    {"commonprogramw6432", Base::kDrive, "/Program Files/Common Files"},
    {"commonprogramfiles(x86)", Base::kDrive, "/Program Files (x86)/Common Files"},
    {"programdata", Base::kDrive, "/ProgramData"},
    {"allusersprofile", Base::kDrive, "/ProgramData"},
    {"public", Base::kDrive, "/Users/Public"},
    {"userprofile", Base::kHome, ""},
    {"appdata", Base::kHome, "/AppData/Roaming"},
    {"localappdata", Base::kHome, "/AppData/Local"},
    {"temp", Base::kHome, "/AppData/Local/Temp"},
    {"tmp", Base::kHome, "/AppData/Local/Temp"},
});

std::optional<std::string> value_of(std::string_view name, const Environment& environment) {
  const std::string folded = fold_case(name);
  for (const Variable& variable : kVariables) {
    if (variable.name != folded) continue;
    const std::string& base = variable.base == Base::kDrive  ? environment.system_drive
                              : variable.base == Base::kRoot ? environment.system_root
                                                             : environment.user_home;
    if (!base.empty()) return base + std::string(variable.tail);
    // A service's TEMP is the system's own.
    if (folded == "temp" || folded == "tmp") return environment.system_root + "/Temp";
  }
  return std::nullopt;
}

}  // namespace

Environment make_environment(const HostFacts& host, const VolumeInfo& volume,
                             std::string_view user_home) {
  Environment environment;
  if (!host.system_drive.empty()) {
    environment.system_drive = host.system_drive;
  } else if (!volume.mount.empty()) {
    environment.system_drive = volume.mount;
  }
  environment.system_root =
      !host.system_root.empty() ? host.system_root : environment.system_drive + "/Windows";
  environment.user_home = user_home;
  return environment;
}

std::string expand_variables(std::string_view text, const Environment& environment) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('%');
    const auto close = open == std::string_view::npos ? open : text.find('%', open + 1);
    if (close == std::string_view::npos) break;
    out += text.substr(0, open);
    if (auto value = value_of(text.substr(open + 1, close - open - 1), environment)) {
      out += *value;
      text.remove_prefix(close + 1);
    } else {  // the second sign may open the next name
      out += text.substr(open, close - open);
      text.remove_prefix(close);
    }
  }
  return out.append(text);
}

}  // namespace konseki::windows
