#include "agent/match/miner/text_place.h"

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::size_t kProbe = 8192;

constexpr auto kStartFolders = std::to_array<std::string_view>(
    {"/cron", "/systemd/", "/init.d/", "/rc.local", "/rc.d/", "/profile.d/", "/autostart/",
     "/start menu/programs/startup/", "/etc/profile", "/etc/bash.bashrc", "/update-motd.d/",
     "/var/spool/at/", "/anacron", "/etc/sysctl.conf", "/sysctl.d/", "/etc/modules",
     "/modules-load.d/"});
constexpr auto kStartEndings =
    std::to_array<std::string_view>({".service", ".timer", ".cron", ".crontab", "/.bashrc",
                                     "/.profile", "/.bash_profile", "/.zshrc", "/crontab"});
constexpr auto kScriptEndings = std::to_array<std::string_view>(
    {".sh", ".bash", ".ps1", ".psm1", ".bat", ".cmd", ".vbs", ".py", ".pl", ".rb"});
constexpr auto kProseEndings = std::to_array<std::string_view>(
    {".md",    ".html", ".htm",   ".txt", ".rst", ".po",  ".css",  ".js",  ".svg",  ".csv", ".tsv",
     ".log",   ".xml",  ".c",     ".cc",  ".cpp", ".h",   ".go",   ".rs",  ".java", ".yar", ".yara",
     ".rules", ".list", ".hosts", ".php", ".jsp", ".asp", ".aspx", ".eml", ".tex"});

template <std::size_t kCount>
bool any_ending(std::string_view path, const std::array<std::string_view, kCount>& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
  return line;
}

// "*/5 * * * * ...", "@reboot ...".
bool is_crontab_line(std::string_view line) {
  if (line.starts_with("@")) {
    for (const std::string_view word : {"@reboot", "@daily", "@hourly", "@weekly", "@monthly",
                                        "@yearly", "@annually", "@midnight"}) {
      if (line.starts_with(word) && line.size() > word.size()) return true;
    }
    return false;
  }
  for (int field = 0; field < 5; ++field) {
    const std::size_t end = line.find_first_of(" \t");
    if (end == std::string_view::npos || end == 0) return false;
    const std::string_view word = line.substr(0, end);
    if (word.find_first_not_of("0123456789*/,-") != std::string_view::npos) return false;
    line.remove_prefix(std::min(line.find_first_not_of(" \t", end), line.size()));
  }
  return !line.empty();
}

}  // namespace

bool is_plain_text(std::string_view content) {
  const std::string_view probe = content.substr(0, kProbe);
  std::size_t odd = 0;
  for (const char c : probe) {
    if (c == '\0') return false;
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\x1b' && c != '\f') ++odd;
  }
  return odd * 50 <= probe.size();
}

std::optional<CommandPlace> place_of_text(std::string_view display_path, std::string_view content) {
  const std::string path = fold_case(display_path);
  if (path.ends_with("_history") || path.ends_with("history.txt") || path.ends_with(".history")) {
    return CommandPlace::kHistory;
  }
  const bool start_folder =
      std::any_of(kStartFolders.begin(), kStartFolders.end(),
                  [&](std::string_view folder) { return path.find(folder) != std::string::npos; });
  if (any_ending(path, kStartEndings)) return CommandPlace::kStartsByItself;
  if (any_ending(path, kProseEndings)) return std::nullopt;
  if (start_folder) return CommandPlace::kStartsByItself;
  std::string_view rest = content.substr(0, kProbe);
  bool first = true;
  while (!rest.empty()) {
    const std::string_view line = next_line(rest);
    if (first && line.starts_with("#!")) return CommandPlace::kScript;
    first = false;
    if (line.starts_with("[Unit]") || line.starts_with("[Service]") ||
        line.starts_with("ExecStart=") || is_crontab_line(line)) {
      return CommandPlace::kStartsByItself;
    }
  }
  if (any_ending(path, kScriptEndings)) return CommandPlace::kScript;
  // Without an ending, or a hidden one: what droppers leave.
  const std::size_t slash = path.rfind('/');
  const std::string_view name = std::string_view(path).substr(slash == path.npos ? 0 : slash + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return CommandPlace::kScript;
  return std::nullopt;
}

}  // namespace konseki
