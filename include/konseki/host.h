// HostFacts: what the evidence says about the machine it came from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

enum class OperatingSystem { kUnknown, kLinux, kWindows };

std::string_view operating_system_name(OperatingSystem os);  // "linux", "windows", "unknown"

struct HostUser {
  std::string name;
  std::string id;    // uid or SID, as text
  std::string home;  // display path: "/home/a", "C:/Users/a"
  std::string shell;
};

// A site that a web server of the evidence serves, as its configuration says.
struct WebSite {
  struct Log {
    std::string path;    // display path, or pattern where it holds variables
    std::string format;  // as mod_log_config or log_format write it; empty: the server's usual one
  };

  std::string server;              // "nginx", "apache", "iis", "tomcat", "php-fpm"
  std::string configuration;       // display path of the file that says so
  std::vector<std::string> names;  // that it answers to; may be empty
  std::vector<std::string> roots;  // display paths of document roots and aliases
  std::vector<Log> access_logs;
  std::string user;  // account that the server runs as; may be empty
};

// Read from files of the evidence (never from this machine, unless it is the evidence). Unknown
// facts stay empty. Plain value.
struct HostFacts {
  OperatingSystem os = OperatingSystem::kUnknown;
  std::string host_id;  // stable across runs: from machine-id or MachineGuid; empty if unknown
  std::string hostname;
  std::string os_name;     // "Debian GNU/Linux 12 (bookworm)", "Windows 10 Pro"
  std::string os_version;  // "12", "10.0.19045"
  std::string kernel;      // live Linux only
  std::string time_zone;   // IANA name or Windows key name
  std::string domain;
  std::string system_drive;  // VolumeInfo::mount of the Windows system volume: "C:"
  std::string system_root;   // display path "C:/Windows"
  std::vector<HostUser> users;
  std::vector<WebSite> web_sites;
};

}  // namespace konseki
