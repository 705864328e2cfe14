#include "collectors/windows/service_states/service_signs.h"

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"
#include "collectors/windows/base/command_target.h"
#include "collectors/windows/live/live_path.h"
#include "collectors/windows/live/program_names.h"

namespace konseki::windows {
namespace {

constexpr std::uint32_t kStopped = 1;

// Commands given to an interpreter instead of a program of its own.
bool runs_by_shell(const std::string& image_path) {
  std::string_view program = image_path;
  while (program.starts_with(' ') || program.starts_with('"')) program.remove_prefix(1);
  program = program.substr(0, std::min(program.find_first_of("\" "), program.size()));
  std::string name(file_name_of(program));
  if (!fold_case(name).ends_with(".exe")) name += ".exe";
  if (fold_case(name) == "%comspec%.exe") return true;
  return runs_commands(name) && fold_case(name) != "msiexec.exe";
}

}  // namespace

std::string service_state_name(std::uint32_t state) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"", "stopped", "start_pending", "stop_pending", "running",
                                       "continue_pending", "pause_pending", "paused"});
  return state > 0 && state < kNames.size() ? std::string(kNames[state])
                                            : "state_" + std::to_string(state);
}

std::string target_of(const ServiceView& view, const Environment& environment) {
  if (!view.service_dll.empty()) return normalise_path(view.service_dll, environment);
  if (is_driver_type(view.service.type)) {
    // Without a path the kernel takes drivers\<name>.sys.
    if (view.service.image_path.empty()) {
      return environment.system_root + "/System32/drivers/" + view.service.name + ".sys";
    }
    return normalise_path(view.service.image_path, environment, "System32/drivers");
  }
  return view.service.image_path.empty() ? std::string()
                                         : command_target(view.service.image_path, environment);
}

std::vector<std::string> signs_of(const ServiceView& view, const std::string& target) {
  std::vector<std::string> signs;
  if (is_temporary_place(target)) {
    signs.emplace_back("program_in_temporary_place");
  } else if (is_user_writable_place(target)) {
    signs.emplace_back("program_in_user_writable_place");
  }
  if (!is_driver_type(view.service.type) && runs_by_shell(view.service.image_path)) {
    signs.emplace_back("command_interpreter");
  }
  if (view.unlisted) signs.emplace_back("hidden_from_manager");
  if (view.settings_gone && view.service.state != kStopped) signs.emplace_back("settings_gone");
  std::ranges::sort(signs);
  return signs;
}

std::vector<std::string> driver_signs(const std::string& path, const Environment& environment) {
  if (is_temporary_place(path)) return {"driver_in_temporary_place"};
  if (is_user_writable_place(path)) return {"driver_in_user_writable_place"};
  const std::string folded = fold_case(path);
  // Names alone are the kernel's own (crash dump drivers).
  if (folded.find('/') == std::string::npos) return {};
  if (folded.starts_with(fold_case(environment.system_root) + "/")) return {};
  if (folded.starts_with(fold_case(environment.system_drive) + "/program files")) return {};
  return {"driver_outside_windows"};
}

}  // namespace konseki::windows
