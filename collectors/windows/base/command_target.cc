#include "collectors/windows/base/command_target.h"

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"

namespace konseki::windows {
namespace {

constexpr int kMaxCarriers = 4;  // cmd /c rundll32 ...

constexpr auto kExtensions = std::to_array<std::string_view>(
    {".exe", ".dll", ".sys", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js",
     ".jse", ".wsf", ".wsh", ".hta", ".scr", ".pif", ".cpl", ".msc", ".msi", ".ocx",
     ".drv", ".lnk", ".jar", ".py",  ".url", ".ax",  ".tsp", ".scf"});

// Programs that Windows finds elsewhere than in System32.
struct KnownProgram {
  std::string_view name;
  std::string_view path;  // below the system root
};
constexpr auto kKnownPrograms = std::to_array<KnownProgram>({
    {"explorer.exe", "/explorer.exe"},
    {"notepad.exe", "/notepad.exe"},
    {"regedit.exe", "/regedit.exe"},
    {"powershell.exe", "/System32/WindowsPowerShell/v1.0/powershell.exe"},
    {"wmic.exe", "/System32/wbem/WMIC.exe"},
});

// Commands of cmd.exe itself.
constexpr auto kBuiltins = std::to_array<std::string_view>(
    {"assoc", "call", "cd",    "chdir",  "cls",   "copy",  "del",    "dir",  "echo", "erase",
     "exit",  "for",  "ftype", "if",     "md",    "mkdir", "mklink", "move", "path", "pushd",
     "rd",    "rem",  "ren",   "rename", "rmdir", "set",   "type",   "ver",  "vol"});

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\0')) {
    text.remove_suffix(1);
  }
  return text;
}

std::string with_slashes(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '\\', '/');
  const std::size_t keep = out.starts_with("//") ? 2 : 0;  // UNC
  std::string single = out.substr(0, keep);
  for (char c : std::string_view(out).substr(keep)) {
    if (c == '/' && !single.empty() && single.back() == '/' && single.size() != keep) continue;
    single += c;
  }
  return single;
}

bool is_drive(std::string_view text) {
  return text.size() >= 2 && text[1] == ':' &&
         ((text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z'));
}

bool starts_with_folded(std::string_view text, std::string_view folded_prefix) {
  return text.size() >= folded_prefix.size() &&
         fold_case(text.substr(0, folded_prefix.size())) == folded_prefix;
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Where the first program or script name of an unquoted command ends: an extension that a blank,
// comma or the end follows. npos when there is none.
std::size_t end_of_unquoted(std::string_view folded) {
  for (std::size_t dot = folded.find('.'); dot != std::string_view::npos;
       dot = folded.find('.', dot + 1)) {
    for (std::string_view extension : kExtensions) {
      if (!folded.substr(dot).starts_with(extension)) continue;
      const std::size_t end = dot + extension.size();
      if (end == folded.size() ||
          std::string_view(" \t,\"").find(folded[end]) != std::string_view::npos) {
        return end;
      }
    }
  }
  return std::string_view::npos;
}

struct Split {
  std::string_view program;
  std::string_view arguments;
};

Split split_command(std::string_view command) {
  command = trim(command);
  if (command.starts_with('"')) {
    const auto close = command.find('"', 1);
    if (close == std::string_view::npos) return {trim(command.substr(1)), {}};
    return {trim(command.substr(1, close - 1)), trim(command.substr(close + 1))};
  }
  // Blanks may belong to a path, but not to a bare name.
  const std::size_t word = std::min(command.find_first_of(" \t"), command.size());
  std::size_t end = word;
  if (command.substr(0, word).find_first_of("\\/:") != std::string_view::npos) {
    end = end_of_unquoted(fold_case(command));
    if (end == std::string_view::npos) end = word;
  }
  return {trim(command.substr(0, end)), trim(command.substr(end))};
}

// The next argument, quotes removed; `rest` is what follows.
std::string_view next_argument(std::string_view& rest) {
  rest = trim(rest);
  if (rest.empty()) return {};
  const bool quoted = rest.front() == '"';
  const auto end = std::min(quoted ? rest.find('"', 1) : rest.find_first_of(" \t"), rest.size());
  const std::string_view argument = rest.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0));
  rest.remove_prefix(std::min(rest.size(), end + (quoted ? 1 : 0)));
  return argument;
}

bool is_switch(std::string_view argument) {
  return argument.starts_with('/') || argument.starts_with('-');
}

// rundll32 FILE,Entry: the file may be quoted, hold blanks, or lack its extension.
std::string_view rundll32_file(std::string_view arguments) {
  while (is_switch(arguments)) next_argument(arguments), arguments = trim(arguments);
  if (arguments.starts_with('"')) return next_argument(arguments);
  const std::string folded = fold_case(arguments);
  const std::size_t end =
      std::min({end_of_unquoted(folded), arguments.find(','), arguments.size()});
  return trim(arguments.substr(0, end));
}

// The first argument that is no switch, blanks in an unquoted path included.
std::string_view first_file(std::string_view arguments) {
  arguments = trim(arguments);
  while (is_switch(arguments)) next_argument(arguments), arguments = trim(arguments);
  if (arguments.starts_with('"')) return next_argument(arguments);
  const std::size_t end = end_of_unquoted(fold_case(arguments));
  if (end != std::string_view::npos) return arguments.substr(0, end);
  return next_argument(arguments);
}

std::string_view powershell_file(std::string_view arguments) {
  while (!trim(arguments).empty()) {
    const std::string name = fold_case(next_argument(arguments));
    if (name == "-file" || name == "-f" || name == "/file") return first_file(arguments);
    if (name == "-command" || name == "-c") return {};
  }
  return {};
}

// The command behind cmd /c or /k; "" when there is none.
std::string_view cmd_command(std::string_view arguments) {
  while (!trim(arguments).empty()) {
    const std::string name = fold_case(next_argument(arguments));
    if (!is_switch(name)) return {};
    if (name != "/c" && name != "/k" && name != "/r") continue;
    arguments = trim(arguments);
    // cmd /c ""a b" c": the outer pair goes.
    if (arguments.starts_with("\"\"")) arguments.remove_prefix(1);
    if (fold_case(arguments).starts_with("start ")) arguments.remove_prefix(6);
    if (trim(arguments).starts_with("\"\" ")) arguments = trim(arguments).substr(3);  // its title
    return trim(arguments);
  }
  return {};
}

std::string bare_name(std::string_view name, const Environment& environment,
                      std::string_view folder) {
  std::string with_extension(name);
  if (name.find('.') == std::string_view::npos) {
    with_extension += folder == "System32/drivers" ? ".sys" : ".exe";
  }
  const std::string folded = fold_case(with_extension);
  for (const KnownProgram& known : kKnownPrograms) {
    if (known.name == folded) return environment.system_root + std::string(known.path);
  }
  return environment.system_root + "/" + std::string(folder) + "/" + with_extension;
}

std::string with_drive(std::string path, const Environment& environment) {
  if (path[0] >= 'a') path[0] = static_cast<char>(path[0] - 'a' + 'A');
  // Volumes without a known letter: what calls itself C: is the system volume.
  if (path[0] == 'C' && !is_drive(environment.system_drive)) {
    return environment.system_drive + path.substr(2);
  }
  return path;
}

}  // namespace

std::string normalise_path(std::string_view raw, const Environment& environment,
                           std::string_view bare_folder) {
  std::string path = with_slashes(expand_variables(trim(raw), environment));
  for (std::string_view device : {"/\?\?/", "//?/", "//./"}) {
    if (path.starts_with(device)) path = path.substr(device.size());
  }
  if (starts_with_folded(path, "unc/")) path = "//" + path.substr(4);
  if (path.empty() || path.starts_with("//")) return path;
  if (is_drive(path)) return with_drive(std::move(path), environment);
  if (path.starts_with(environment.system_drive + "/")) return path;  // came from a variable
  if (starts_with_folded(path, "/systemroot/")) return environment.system_root + path.substr(11);
  if (starts_with_folded(path, "systemroot/")) return environment.system_root + path.substr(10);
  for (std::string_view folder : {"system32/", "syswow64/", "sysnative/"}) {
    if (starts_with_folded(path, folder)) return environment.system_root + "/" + path;
  }
  if (path.starts_with('/')) return environment.system_drive + path;
  if (path.find('%') != std::string::npos) return {};  // a variable that nothing here explains
  if (path.find('/') == std::string::npos) return bare_name(path, environment, bare_folder);
  return environment.system_root + "/System32/" + path;
}

namespace {

// The file that a carrier runs instead of itself, as a display path; "" when it runs none.
std::string carried_file(std::string_view carrier, std::string_view arguments,
                         const Environment& environment) {
  if (carrier == "rundll32.exe") {
    std::string file(rundll32_file(arguments));
    if (file.empty()) return {};
    if (base_name(file).find('.') == std::string_view::npos) file += ".dll";
    return normalise_path(file, environment);
  }
  std::string_view file;
  if (carrier == "powershell.exe" || carrier == "pwsh.exe") {
    file = powershell_file(arguments);
  } else if (carrier == "regsvr32.exe" || carrier == "wscript.exe" || carrier == "cscript.exe" ||
             carrier == "mshta.exe") {
    file = first_file(arguments);
  }
  // Script text and addresses (javascript:..., http://...) are no files.
  const bool address = !is_drive(file) && file.find(':') != std::string_view::npos;
  return file.empty() || address ? std::string() : normalise_path(file, environment);
}

std::string target_of(std::string_view command, const Environment& environment, int carriers_left) {
  const std::string expanded = expand_variables(command, environment);
  const Split split = split_command(expanded);
  if (split.program.empty()) return {};
  std::string program(split.program);
  if (base_name(program).find('.') == std::string_view::npos) program += ".exe";
  const std::string name = fold_case(base_name(program));
  if (name == "cmd.exe" && carriers_left > 0) {
    const std::string_view inner = cmd_command(split.arguments);
    // Builtins name no file: then it is cmd itself that runs.
    const std::string first = fold_case(split_command(inner).program);
    if (!first.empty() && std::find(kBuiltins.begin(), kBuiltins.end(), first) == kBuiltins.end()) {
      return target_of(inner, environment, carriers_left - 1);
    }
  }
  std::string carried = carried_file(name, split.arguments, environment);
  return !carried.empty() ? carried : normalise_path(program, environment);
}

}  // namespace

std::string command_target(std::string_view command, const Environment& environment) {
  return target_of(command, environment, kMaxCarriers);
}

}  // namespace konseki::windows
