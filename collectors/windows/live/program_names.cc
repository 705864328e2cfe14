#include "collectors/windows/live/program_names.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "agent/base/unicode.h"

namespace konseki::windows {
namespace {

constexpr auto kShells =
    std::to_array<std::string_view>({"cmd.exe", "powershell.exe", "pwsh.exe", "powershell_ise.exe",
                                     "wscript.exe", "cscript.exe", "bash.exe", "wsl.exe"});
constexpr auto kCarriers = std::to_array<std::string_view>(
    {"mshta.exe", "rundll32.exe", "regsvr32.exe", "certutil.exe", "bitsadmin.exe", "msbuild.exe",
     "installutil.exe", "regasm.exe", "regsvcs.exe", "wmic.exe", "msiexec.exe", "forfiles.exe"});
constexpr auto kDocuments = std::to_array<std::string_view>(
    {"winword.exe", "excel.exe", "powerpnt.exe", "outlook.exe", "onenote.exe", "msaccess.exe",
     "mspub.exe", "visio.exe", "eqnedt32.exe", "acrord32.exe", "acrobat.exe", "foxitreader.exe",
     "hh.exe", "taro.exe", "soffice.bin", "thunderbird.exe", "olk.exe"});
constexpr auto kServers = std::to_array<std::string_view>({"w3wp.exe",
                                                           "httpd.exe",
                                                           "nginx.exe",
                                                           "php.exe",
                                                           "php-cgi.exe",
                                                           "tomcat.exe",
                                                           "tomcat7.exe",
                                                           "tomcat8.exe",
                                                           "tomcat9.exe",
                                                           "tomcat10.exe",
                                                           "java.exe",
                                                           "node.exe",
                                                           "sqlservr.exe",
                                                           "mysqld.exe",
                                                           "postgres.exe",
                                                           "oracle.exe",
                                                           "umworkerprocess.exe",
                                                           "ws_tomcatservice.exe",
                                                           "iisexpress.exe",
                                                           "coldfusion.exe"});

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  const std::string folded = fold_case(name);
  return std::ranges::find(names, folded) != names.end();
}

}  // namespace

bool is_shell(std::string_view name) { return is_one_of(name, kShells); }

bool runs_commands(std::string_view name) { return is_shell(name) || is_one_of(name, kCarriers); }

bool opens_documents(std::string_view name) { return is_one_of(name, kDocuments); }

bool serves_strangers(std::string_view name) { return is_one_of(name, kServers); }

}  // namespace konseki::windows
