// Servers that are set up in XML: IIS (applicationHost.config) and Tomcat (server.xml).
#pragma once

#include <string_view>
#include <vector>

#include "agent/artifact/web/config_files.h"
#include "konseki/host.h"

namespace konseki {

// Sites, their physical paths and log folders. `system_drive` ("C:") and `system_root`
// ("C:/Windows") stand for the environment variables of these names. Nothing when it is no such
// file.
std::vector<WebSite> read_iis_config(ConfigFiles& files, std::string_view path,
                                     std::string_view system_drive, std::string_view system_root);

// Hosts with their appBase and contexts; `base` is CATALINA_BASE.
std::vector<WebSite> read_tomcat_config(ConfigFiles& files, std::string_view path,
                                        std::string_view base);

}  // namespace konseki
