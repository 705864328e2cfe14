#include "agent/artifact/linux_facts.h"

#include <algorithm>
#include <set>

#include "agent/artifact/glob.h"
#include "agent/artifact/passwd_file.h"

namespace konseki {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
// More accounts than any host has; a passwd of noise must not become a list of noise.
constexpr std::size_t kMaxUsers = 20'000;
constexpr std::size_t kMaxHomes = 2'000;

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

template <class Visit>
void for_each_line(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string first_line(std::string_view text) {
  std::string found;
  for_each_line(text, [&](std::string_view line) {
    if (found.empty() && !line.empty() && line[0] != '#') found = line;
  });
  return found;
}

bool is_machine_id(std::string_view text) {
  return text.size() == 32 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
         text.find_first_not_of('0') != std::string_view::npos;
}

std::string first_text(HostReader& reader, std::initializer_list<std::string_view> paths) {
  for (std::string_view path : paths) {
    if (std::string line = first_line(reader.text(path)); !line.empty()) return line;
  }
  return {};
}

std::string time_zone(HostReader& reader) {
  if (const auto link = reader.entry("etc/localtime"); link && is_link(*link)) {
    constexpr std::string_view kFolder = "zoneinfo/";
    const auto at = link->link_target.find(kFolder);
    if (at != std::string::npos) return link->link_target.substr(at + kFolder.size());
  }
  return first_text(reader, {"etc/timezone"});
}

void read_release(HostReader& reader, HostFacts& facts) {
  std::string release = reader.text("etc/os-release");
  if (release.empty()) release = reader.text("usr/lib/os-release");
  facts.os_name = shell_assignment(release, "PRETTY_NAME");
  facts.os_version = shell_assignment(release, "VERSION_ID");
  if (facts.os_name.empty()) {
    facts.os_name = first_text(reader, {"etc/redhat-release", "etc/SuSE-release", "etc/issue"});
  }
  const std::string debian = first_text(reader, {"etc/debian_version"});
  if (facts.os_name.empty() && !debian.empty()) facts.os_name = "Debian GNU/Linux " + debian;
  if (facts.os_version.empty()) facts.os_version = debian;
}

bool is_system_home(std::string_view home) {
  static constexpr std::string_view kSystem[] = {"/usr/bin", "/usr/sbin", "/usr/games",
                                                 "/usr/lib", "/var/lib",  "/var/run",
                                                 "/var/log", "/var/spool"};
  for (std::string_view pseudo : {"/proc", "/sys", "/dev", "/run"}) {
    if (home == pseudo || (home.starts_with(pseudo) && home[pseudo.size()] == '/')) return true;
  }
  return std::count(home.begin(), home.end(), '/') < 2 ||
         std::find(std::begin(kSystem), std::end(kSystem), home) != std::end(kSystem);
}

// "/a//b/" as "/a/b"; "" for what is no absolute path.
std::string clean(std::string_view home) {
  if (!home.starts_with('/')) return {};
  std::string out;
  for (char c : home) {
    if (c != '/' || !out.ends_with('/')) out += c;
  }
  if (out.size() > 1 && out.ends_with('/')) out.pop_back();
  return out;
}

}  // namespace

std::string shell_assignment(std::string_view text, std::string_view name) {
  std::string value;
  for_each_line(text, [&](std::string_view line) {
    if (!line.starts_with(name) || line.substr(name.size(), 1) != "=") return;
    line.remove_prefix(name.size() + 1);
    value.clear();
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
        value += line[++i];
      } else if (quote == 0 && (c == ' ' || c == '\t' || c == '#')) {
        break;
      } else {
        value += c;
      }
    }
  });
  return value;
}

bool is_linux_root(HostReader& reader) {
  if (has_windows_paths(reader.info())) return false;
  for (std::string_view path : {"etc/passwd", "etc/os-release", "usr/lib/os-release", "etc/fstab",
                                "etc/hostname", "etc/machine-id"}) {
    if (reader.entry(path)) return true;
  }
  return false;
}

HostFacts read_linux_facts(HostReader& reader) {
  HostFacts facts;
  facts.os = OperatingSystem::kLinux;
  read_release(reader, facts);
  facts.hostname = first_text(reader, {"etc/hostname", "etc/HOSTNAME"});
  if (facts.hostname.empty()) {
    facts.hostname = shell_assignment(reader.text("etc/sysconfig/network"), "HOSTNAME");
  }
  if (const auto dot = facts.hostname.find('.'); dot != std::string::npos) {
    facts.domain = facts.hostname.substr(dot + 1);
  }
  for (std::string_view path : {"etc/machine-id", "var/lib/dbus/machine-id"}) {
    const std::string id = first_line(reader.text(path));
    if (facts.host_id.empty() && is_machine_id(id)) facts.host_id = "linux-" + id;
  }
  facts.time_zone = time_zone(reader);
  parse_passwd(reader.text("etc/passwd"), [&](const PasswdEntry& entry) {
    if (entry.name.empty() || entry.is_nis() || facts.users.size() >= kMaxUsers) return;
    facts.users.push_back({std::string(entry.name), std::string(entry.uid_text),
                           std::string(entry.home), std::string(entry.shell)});
  });
  return facts;
}

LinuxHomes linux_homes(const std::vector<HostUser>& users) {
  LinuxHomes result{{"/root", "/home/*"}, {}};
  std::set<std::string> homes;
  std::set<std::string> system_homes;
  for (const HostUser& user : users) {
    const std::string home = clean(user.home);
    // Also below another place, such as "/home/group/user".
    const bool covered =
        home == "/root" || (home.starts_with("/home/") && home.find('/', 6) == std::string::npos);
    if (home.empty() || covered || homes.size() + system_homes.size() >= kMaxHomes) continue;
    (is_system_home(home) ? system_homes : homes).insert(escape_glob(home));
  }
  result.homes.insert(result.homes.end(), homes.begin(), homes.end());
  result.system_homes.assign(system_homes.begin(), system_homes.end());
  return result;
}

}  // namespace konseki
