// Apache httpd: sites, roots, logs and formats of one installation (httpd.apache.org, "core",
// "mod_alias", "mod_log_config").
#pragma once

#include <string_view>
#include <vector>

#include "agent/artifact/web/config_files.h"
#include "konseki/host.h"

namespace konseki {

// Reads `main` (inside the volume) and what it includes. `root` is ServerRoot until the file says
// otherwise; `environment` a file of shell assignments that ${NAME} is looked up in, or "".
// Conditions (<IfModule>, <IfDefine>) are taken as true: what might be served is looked at.
std::vector<WebSite> read_apache_config(ConfigFiles& files, std::string_view main,
                                        std::string_view root, std::string_view environment);

}  // namespace konseki
