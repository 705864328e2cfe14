// nginx: sites, roots, logs and formats of one installation (nginx.org, "ngx_http_core_module",
// "ngx_http_log_module").
#pragma once

#include <string_view>
#include <vector>

#include "agent/artifact/web/config_files.h"
#include "konseki/host.h"

namespace konseki {

// Reads `main` (inside the volume) and what it includes. `prefix` is the folder that relative
// roots and logs are below. Variables in paths become '*'.
std::vector<WebSite> read_nginx_config(ConfigFiles& files, std::string_view main,
                                       std::string_view prefix);

}  // namespace konseki
