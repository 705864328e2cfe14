// php-fpm: the accounts that PHP code runs as (php.net, "FastCGI Process Manager: Configuration").
#pragma once

#include <string_view>
#include <vector>

#include "agent/artifact/web/config_files.h"
#include "konseki/host.h"

namespace konseki {

// One site a pool of `path` (inside the volume): its name, account and, where it has one, folder.
std::vector<WebSite> read_php_fpm_pool(ConfigFiles& files, std::string_view path);

}  // namespace konseki
