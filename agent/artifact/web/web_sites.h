// Which sites the web servers of a system serve, from their configuration.
#pragma once

#include <vector>

#include "agent/artifact/host_reader.h"
#include "konseki/host.h"

namespace konseki {

// Looks where nginx, Apache httpd, Tomcat, php-fpm and IIS keep their configuration on the
// distributions, panels and bundles that are common. Sites in order of server and file.
std::vector<WebSite> read_web_sites(HostReader& reader, const HostFacts& host);

// The document roots of all sites as path patterns, sorted, each once, those below another and
// such that would mean a whole system ("/", "/etc") left out.
std::vector<std::string> web_roots(const std::vector<WebSite>& sites);
// The logs of all sites as path patterns that take rotated files too.
std::vector<std::string> web_log_patterns(const std::vector<WebSite>& sites);

}  // namespace konseki
