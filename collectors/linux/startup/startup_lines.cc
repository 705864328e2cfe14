#include "collectors/linux/startup/startup_lines.h"

#include <algorithm>
#include <array>

#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

using Visit = std::function<void(StartupLine&&)>;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.front() == text.back();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

ByteRange range_of(const ConfigLine& line) { return {line.offset, line.text.size()}; }

// Lines without comment lines and blank ones.
void content_lines(std::string_view text, std::string_view comments,
                   const std::function<void(const ConfigLine&, std::string_view)>& visit) {
  for_each_line(text, [&](const ConfigLine& line) {
    const std::string_view content = trim(line.text);
    if (content.empty() || comments.find(content.front()) != std::string_view::npos) return;
    visit(line, content);
  });
}

void emit(const Visit& visit, const ConfigLine& line, std::string_view name,
          std::string_view command, std::string_view trigger = {}) {
  if (trim(command).empty()) return;
  StartupLine out;
  out.name = name;
  out.command = command;
  out.trigger = trigger;
  out.range = range_of(line);
  visit(std::move(out));
}

// ld.so(8): libraries separated by blanks or colons; '#' ends a line.
void preload(std::string_view text, const Visit& visit) {
  for_each_line(text, [&](const ConfigLine& line) {
    std::string_view rest = line.text.substr(0, line.text.find('#'));
    while (!(rest = trim(rest)).empty()) {
      const std::size_t end = std::min(rest.find_first_of(" \t:\r"), rest.size());
      if (end > 0) emit(visit, line, {}, rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  });
}

void modules(std::string_view text, const Visit& visit) {
  content_lines(text, "#;", [&](const ConfigLine& line, std::string_view content) {
    std::string_view rest = content;
    emit(visit, line, take_word(rest), content);
  });
}

void modprobe(std::string_view text, const Visit& visit) {
  content_lines(text, "#", [&](const ConfigLine& line, std::string_view content) {
    std::string_view rest = content;
    const std::string_view verb = take_word(rest);
    if (verb != "install" && verb != "remove") return;
    const std::string_view module = take_word(rest);
    emit(visit, line, module, rest, verb == "install" ? "" : "removal");
  });
}

// Rules are lists of KEY{attribute}OP"value", udev(7); a backslash continues a line.
void udev(std::string_view text, const Visit& visit) {
  content_lines(text, "#", [&](const ConfigLine& line, std::string_view content) {
    for (std::string_view key : {"RUN", "PROGRAM", "IMPORT{program}"}) {
      for (std::size_t at = content.find(key); at != std::string_view::npos;
           at = content.find(key, at + key.size())) {
        const bool starts =
            at == 0 || std::string_view(", \t").find(content[at - 1]) != std::string_view::npos;
        const std::size_t open = content.find('"', at);
        if (!starts || open == std::string_view::npos) continue;
        const std::string_view operation = content.substr(at + key.size(), open - at - key.size());
        if (operation.find(',') != std::string_view::npos ||
            operation.find('=') == std::string_view::npos || operation.starts_with("{builtin}")) {
          continue;
        }
        std::size_t close = open + 1;
        while (close < content.size() && content[close] != '"') {
          close += content[close] == '\\' ? 2 : 1;
        }
        close = std::min(close, content.size());
        std::string_view match = trim(content.substr(0, at));
        if (match.ends_with(',')) match.remove_suffix(1);
        emit(visit, line, key, content.substr(open + 1, close - open - 1), match);
      }
    }
  });
}

// Key files of freedesktop.org: sections and key=value.
struct KeyFile {
  std::string_view exec;
  ConfigLine exec_line;
  std::string_view name;
  std::string_view user;
  bool hidden = false;
};

KeyFile key_file(std::string_view text, std::string_view wanted_section) {
  KeyFile found;
  bool inside = false;
  content_lines(text, "#", [&](const ConfigLine& line, std::string_view content) {
    if (content.starts_with('[')) inside = content == wanted_section;
    const std::size_t equals = content.find('=');
    if (!inside || equals == std::string_view::npos) return;
    const std::string_view key = trim(content.substr(0, equals));
    const std::string_view value = trim(content.substr(equals + 1));
    if (key == "Exec") {
      found.exec = value;
      found.exec_line = line;
    } else if (key == "Name") {
      found.name = value;
    } else if (key == "User") {
      found.user = value;
    } else if (key == "Hidden" || key == "X-GNOME-Autostart-enabled") {
      found.hidden = found.hidden || same_word(value, key == "Hidden" ? "true" : "false");
    }
  });
  return found;
}

void key_file_entry(std::string_view text, std::string_view section, const Visit& visit) {
  const KeyFile file = key_file(text, section);
  if (file.exec.empty()) return;
  StartupLine out;
  out.command = file.exec;
  out.user = file.user;
  out.range = range_of(file.exec_line);
  if (section == "[Desktop Entry]") {
    out.enabled = !file.hidden;
  } else {
    out.name = file.name;
  }
  visit(std::move(out));
}

void inittab(std::string_view text, const Visit& visit) {
  content_lines(text, "#", [&](const ConfigLine& line, std::string_view content) {
    const std::vector<std::string_view> fields = split(content, ':');
    if (fields.size() < 4 || fields[2] == "initdefault") return;
    const std::size_t skipped = fields[0].size() + fields[1].size() + fields[2].size() + 3;
    const std::string trigger = std::string(fields[2]) + " in runlevels " + std::string(fields[1]);
    emit(visit, line, fields[0], content.substr(skipped), trigger);
  });
}

// Only pam_exec.so runs a command; which other modules are honest, their packages tell.
void pam(std::string_view text, const Visit& visit) {
  content_lines(text, "#", [&](const ConfigLine& line, std::string_view content) {
    const std::size_t module = content.find("pam_exec.so");
    if (module == std::string_view::npos) return;
    std::string_view rest = content;
    const std::string_view first = take_word(rest);
    // The command is the first word that is no option of the module.
    std::string_view command = trim_left(content.substr(module + 11));
    while (!command.empty() && command.front() != '/') take_word(command);
    emit(visit, line, first, command.empty() ? content : command);
  });
}

// apt.conf(5): NAME { "command"; "command"; }; over several lines. Settings whose last part ends
// in Invoke or Install-Pkgs hold commands.
void apt_conf(std::string_view text, const Visit& visit) {
  std::string_view setting;
  bool in_block = false;
  content_lines(text, "#", [&](const ConfigLine& line, std::string_view content) {
    if (content.starts_with("//")) return;
    for (std::string_view word :
         {"Pre-Invoke", "Post-Invoke", "Post-Invoke-Success", "Pre-Install-Pkgs"}) {
      if (content.find(word) != std::string_view::npos) {
        std::string_view rest = content;
        setting = take_word(rest);
        in_block = true;
      }
    }
    if (!in_block) return;
    for (std::size_t open = content.find('"'); open != std::string_view::npos;) {
      std::size_t close = open + 1;
      while (close < content.size() && content[close] != '"') {
        close += content[close] == '\\' ? 2 : 1;
      }
      close = std::min(close, content.size());
      emit(visit, line, setting, content.substr(open + 1, close - open - 1));
      open = content.find('"', std::min(close + 1, content.size()));
    }
    const bool single = content.find('{') == std::string_view::npos && content.ends_with(';') &&
                        content.find(setting) != std::string_view::npos;
    if (single || content.find('}') != std::string_view::npos) in_block = false;
  });
}

// Settings of git that name a command, git-config(1); "!" introduces one in an alias.
void git_config(std::string_view text, const Visit& visit) {
  constexpr auto kSettings = std::to_array<std::string_view>(
      {"pager", "editor", "sshcommand", "fsmonitor", "askpass", "hookspath", "gitproxy",
       "alternaterefscommand", "textconv", "clean", "smudge", "process", "helper", "program",
       "command", "cmd"});
  std::string section;
  content_lines(text, "#;", [&](const ConfigLine& line, std::string_view content) {
    if (content.starts_with('[')) {
      section = content.substr(1, content.find(']') - 1);
      return;
    }
    const std::size_t equals = content.find('=');
    if (equals == std::string_view::npos) return;
    std::string key(trim(content.substr(0, equals)));
    const std::string_view value = unquoted(trim(content.substr(equals + 1)));
    std::string folded = key;
    for (char& c : folded) c = lower(c);
    const bool names_command =
        std::find(kSettings.begin(), kSettings.end(), folded) != kSettings.end();
    if (!names_command && !value.starts_with('!')) return;
    emit(visit, line, section + "." + key, value);
  });
}

// init= and rdinit= of the kernel's command line, bootparam(7).
void grub(std::string_view text, const Visit& visit) {
  content_lines(text, "#", [&](const ConfigLine& line, std::string_view content) {
    if (content.find("CMDLINE") == std::string_view::npos) return;
    for (std::string_view key : {"init=", "rdinit="}) {
      for (std::size_t at = content.find(key); at != std::string_view::npos;
           at = content.find(key, at + 1)) {
        const bool starts =
            at > 0 && std::string_view(" \t\"'").find(content[at - 1]) != std::string_view::npos;
        const std::string_view value = content.substr(at + key.size());
        if (!starts || value.empty()) continue;
        emit(visit, line, key.substr(0, key.size() - 1),
             value.substr(0, std::min(value.find_first_of(" \t\"'"), value.size())));
      }
    }
  });
}

void sshd(std::string_view text, const Visit& visit) {
  constexpr auto kSettings = std::to_array<std::string_view>(
      {"AuthorizedKeysCommand", "AuthorizedPrincipalsCommand", "ForceCommand"});
  content_lines(text, "#", [&](const ConfigLine& line, std::string_view content) {
    std::string_view rest = content;
    const std::size_t end = std::min(rest.find_first_of(" \t="), rest.size());
    const std::string_view key = rest.substr(0, end);
    rest = trim(rest.substr(std::min(end + 1, rest.size())));
    for (std::string_view setting : kSettings) {
      if (!same_word(key, setting) || same_word(rest, "none") || rest.empty()) continue;
      emit(visit, line, setting, unquoted(rest));
    }
  });
}

}  // namespace

void parse_startup_lines(std::string_view text, StartupForm form, const Visit& visit) {
  switch (form) {
    case StartupForm::kScript:
      return;
    case StartupForm::kPreload:
      return preload(text, visit);
    case StartupForm::kModules:
      return modules(text, visit);
    case StartupForm::kModprobe:
      return modprobe(text, visit);
    case StartupForm::kUdev:
      return udev(text, visit);
    case StartupForm::kDesktop:
      return key_file_entry(text, "[Desktop Entry]", visit);
    case StartupForm::kDbus:
      return key_file_entry(text, "[D-BUS Service]", visit);
    case StartupForm::kInittab:
      return inittab(text, visit);
    case StartupForm::kPam:
      return pam(text, visit);
    case StartupForm::kAptConf:
      return apt_conf(text, visit);
    case StartupForm::kGitConfig:
      return git_config(text, visit);
    case StartupForm::kGrub:
      return grub(text, visit);
    case StartupForm::kSshd:
      return sshd(text, visit);
  }
}

}  // namespace konseki
