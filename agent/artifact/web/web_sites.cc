#include "agent/artifact/web/web_sites.h"

#include <algorithm>
#include <array>
#include <set>

#include "agent/artifact/glob.h"
#include "agent/artifact/web/apache_config.h"
#include "agent/artifact/web/nginx_config.h"
#include "agent/artifact/web/php_fpm_config.h"
#include "agent/artifact/web/xml_config.h"

namespace konseki {
namespace {

struct NginxPlace {
  std::string_view main;
  std::string_view prefix;
};
constexpr auto kNginxPlaces = std::to_array<NginxPlace>({
    {"etc/nginx/nginx.conf", "usr/share/nginx"},
    {"usr/local/nginx/conf/nginx.conf", "usr/local/nginx"},
    {"usr/local/etc/nginx/nginx.conf", "usr/local"},
    {"usr/local/openresty/nginx/conf/nginx.conf", "usr/local/openresty/nginx"},
    {"opt/nginx/conf/nginx.conf", "opt/nginx"},
    {"www/server/nginx/conf/nginx.conf", "www/server/nginx"},
    {"nginx/conf/nginx.conf", "nginx"},
});

struct ApachePlace {
  std::string_view main;
  std::string_view root;
  std::string_view environment;
};
constexpr auto kApachePlaces = std::to_array<ApachePlace>({
    {"etc/apache2/apache2.conf", "etc/apache2", "etc/apache2/envvars"},
    {"etc/apache2/httpd.conf", "etc/apache2", "etc/sysconfig/apache2"},
    {"etc/httpd/conf/httpd.conf", "etc/httpd", "etc/sysconfig/httpd"},
    {"usr/local/apache2/conf/httpd.conf", "usr/local/apache2", ""},
    {"usr/local/etc/apache24/httpd.conf", "usr/local", ""},
    {"opt/lampp/etc/httpd.conf", "opt/lampp", ""},
    {"opt/bitnami/apache/conf/httpd.conf", "opt/bitnami/apache", ""},
    {"opt/bitnami/apache2/conf/httpd.conf", "opt/bitnami/apache2", ""},
    {"www/server/apache/conf/httpd.conf", "www/server/apache", ""},
    {"xampp/apache/conf/httpd.conf", "xampp/apache", ""},
    {"Apache24/conf/httpd.conf", "Apache24", ""},
});

// Tomcat's base is the folder above conf, but where a package keeps conf in /etc.
constexpr auto kTomcatPlaces = std::to_array<std::string_view>({
    "etc/tomcat*/server.xml",
    "var/lib/tomcat*/conf/server.xml",
    "opt/*/conf/server.xml",
    "usr/local/*/conf/server.xml",
    "usr/share/tomcat*/conf/server.xml",
    "Program Files/Apache Software Foundation/*/conf/server.xml",
    "Program Files (x86)/Apache Software Foundation/*/conf/server.xml",
    "tomcat*/conf/server.xml",
});

constexpr auto kFpmPlaces = std::to_array<std::string_view>({
    "etc/php/*/fpm/pool.d/*.conf",
    "etc/php-fpm.d/*.conf",
    "etc/php*/php-fpm.d/*.conf",
    "usr/local/etc/php-fpm.d/*.conf",
});

void append(std::vector<WebSite>& out, std::vector<WebSite> more) {
  std::move(more.begin(), more.end(), std::back_inserter(out));
}

std::string tomcat_base(std::string_view server_xml) {
  std::string_view folder = server_xml.substr(0, server_xml.rfind('/'));
  if (folder.starts_with("etc/")) return "var/lib/" + std::string(folder.substr(4));
  return std::string(folder.substr(0, folder.rfind('/')));
}

bool means_a_whole_system(std::string_view root) {
  if (root.size() >= 2 && root[1] == ':') root.remove_prefix(2);
  while (root.starts_with('/')) root.remove_prefix(1);
  static constexpr auto kTooWide = std::to_array<std::string_view>(
      {"", "*", "etc", "usr", "var", "home", "root", "bin", "lib", "sbin", "dev", "proc", "sys",
       "tmp", "boot", "Windows", "Users", "Program Files"});
  return std::find(kTooWide.begin(), kTooWide.end(), root) != kTooWide.end();
}

}  // namespace

std::vector<WebSite> read_web_sites(HostReader& reader, const HostFacts& host) {
  std::vector<WebSite> sites;
  const auto exists = [&](std::string_view path) { return reader.entry(path).has_value(); };
  for (const NginxPlace& place : kNginxPlaces) {
    if (!exists(place.main)) continue;
    ConfigFiles files(reader);
    append(sites, read_nginx_config(files, place.main, place.prefix));
  }
  for (const ApachePlace& place : kApachePlaces) {
    if (!exists(place.main)) continue;
    ConfigFiles files(reader);
    append(sites, read_apache_config(files, place.main, place.root, place.environment));
  }
  std::set<std::string> bases;
  for (const std::string_view pattern : kTomcatPlaces) {
    ConfigFiles files(reader);
    for (const std::string& path : files.matching(pattern)) {
      const std::string base = tomcat_base(path);
      if (!exists(path) || !bases.insert(base).second) continue;
      append(sites, read_tomcat_config(files, path, base));
    }
  }
  ConfigFiles files(reader);
  for (const std::string_view pattern : kFpmPlaces) {
    for (const std::string& path : files.matching(pattern)) {
      append(sites, read_php_fpm_pool(files, path));
    }
  }
  if (host.os == OperatingSystem::kWindows && !host.system_root.empty()) {
    const std::string folder = files.inside(host.system_root, "");
    const std::string path = folder + "/System32/inetsrv/config/applicationHost.config";
    if (exists(path)) {
      append(sites, read_iis_config(files, path, host.system_drive, host.system_root));
    }
  }
  return sites;
}

std::vector<std::string> web_roots(const std::vector<WebSite>& sites) {
  std::set<std::string> roots;
  for (const WebSite& site : sites) {
    for (const std::string& root : site.roots) {
      if (!means_a_whole_system(root)) roots.insert(root);
    }
  }
  std::vector<std::string> out;
  for (const std::string& root : roots) {
    // Sorted, so that a folder comes before what is below it.
    const bool inside = std::any_of(out.begin(), out.end(), [&](const std::string& outer) {
      return root.size() > outer.size() && root.starts_with(outer) && root[outer.size()] == '/';
    });
    if (!inside) out.push_back(root);
  }
  return out;
}

std::vector<std::string> web_log_patterns(const std::vector<WebSite>& sites) {
  std::set<std::string> patterns;
  for (const WebSite& site : sites) {
    for (const WebSite::Log& log : site.access_logs) {
      const std::size_t slash = log.path.rfind('/');
      if (slash == std::string::npos || slash + 1 >= log.path.size()) continue;
      const std::size_t dot = log.path.find('.', slash);
      // "access.log" and "localhost_access_log.txt" are rotated behind or before their ending.
      patterns.insert(log.path.substr(0, std::min(dot, log.path.size())) + "*");
    }
  }
  return {patterns.begin(), patterns.end()};
}

}  // namespace konseki
