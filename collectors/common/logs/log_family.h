// Which rotated files belong to one log, and in which order they were written.
#pragma once

#include <string>
#include <string_view>

namespace konseki {

struct LogFamily {
  std::string family;    // the path without its rotation: "/var/log/nginx/access.log"
  std::string rotation;  // "1", "20260102"; empty for the current file
};

// logrotate ("access.log.2.gz", "access.log-20260102.gz", "access-20260102.log.gz"), Tomcat
// ("localhost_access_log.2026-01-02.txt"), rotatelogs ("access.log.1767225600") and IIS
// ("u_ex260102.log") by their names.
LogFamily log_family(std::string_view path);

// An access log in a folder named like Squid: a proxy's, not a web server's.
bool is_proxy_access_log(std::string_view path);

}  // namespace konseki
