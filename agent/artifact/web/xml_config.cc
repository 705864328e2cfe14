#include "agent/artifact/web/xml_config.h"

#include <pugixml.hpp>

#include "agent/artifact/glob.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

// pugixml reads no external entities and expands none but the five of XML; files are bounded.
bool load(ConfigFiles& files, std::string_view path, pugi::xml_document& document) {
  const std::string text = files.read(path);
  if (text.empty()) return false;
  // A damaged file is read as far as it goes: what is there was served.
  document.load_buffer(text.data(), text.size());
  return static_cast<bool>(document.document_element());
}

void replace_variable(std::string& text, std::string_view name, std::string_view value) {
  const std::string folded = fold_case(text);
  const std::size_t at = folded.find(name);
  if (at != std::string::npos) text.replace(at, name.size(), value);
}

}  // namespace

std::vector<WebSite> read_iis_config(ConfigFiles& files, std::string_view path,
                                     std::string_view system_drive, std::string_view system_root) {
  pugi::xml_document document;
  if (!load(files, path, document)) return {};
  const auto expand = [&](std::string text) {
    replace_variable(text, "%systemdrive%", system_drive);
    replace_variable(text, "%systemroot%", system_root);
    replace_variable(text, "%windir%", system_root);
    std::replace(text.begin(), text.end(), '\\', '/');
    while (text.ends_with('/')) text.pop_back();
    return text;
  };
  std::vector<WebSite> out;
  const pugi::xml_node host = document.document_element().child("system.applicationHost");
  const pugi::xml_node sites = host.child("sites");
  std::string usual_logs =
      sites.child("siteDefaults").child("logFile").attribute("directory").value();
  if (usual_logs.empty()) usual_logs = "%SystemDrive%\\inetpub\\logs\\LogFiles";
  for (const pugi::xml_node site : sites.children("site")) {
    WebSite found;
    found.server = "iis";
    found.configuration = files.display(path);
    found.names.emplace_back(site.attribute("name").value());
    for (const pugi::xml_node application : site.children("application")) {
      for (const pugi::xml_node folder : application.children("virtualDirectory")) {
        const std::string root = expand(folder.attribute("physicalPath").value());
        if (!root.empty()) found.roots.push_back(escape_glob(root));
      }
    }
    std::string logs = site.child("logFile").attribute("directory").value();
    if (logs.empty()) logs = usual_logs;
    found.access_logs.push_back(
        {expand(logs) + "/W3SVC" + site.attribute("id").value() + "/u_ex.log", {}});
    out.push_back(std::move(found));
  }
  return out;
}

std::vector<WebSite> read_tomcat_config(ConfigFiles& files, std::string_view path,
                                        std::string_view base) {
  pugi::xml_document document;
  if (!load(files, path, document)) return {};
  std::vector<WebSite> out;
  for (const pugi::xml_node service : document.document_element().children("Service")) {
    for (const pugi::xml_node engine : service.children("Engine")) {
      for (const pugi::xml_node host : engine.children("Host")) {
        WebSite found;
        found.server = "tomcat";
        found.configuration = files.display(path);
        found.names.emplace_back(host.attribute("name").value());
        const char* stated = host.attribute("appBase").value();
        const std::string apps = files.inside(*stated ? stated : "webapps", base);
        found.roots.push_back(files.display(escape_glob(apps)));
        for (const pugi::xml_node context : host.children("Context")) {
          const std::string document_base = context.attribute("docBase").value();
          if (document_base.empty()) continue;
          found.roots.push_back(files.display(escape_glob(files.inside(document_base, apps))));
        }
        for (const pugi::xml_node valve : host.children("Valve")) {
          const std::string_view name = valve.attribute("className").value();
          if (name.find("AccessLogValve") == std::string_view::npos) continue;
          const char* folder = valve.attribute("directory").value();
          const pugi::xml_attribute prefix = valve.attribute("prefix");
          WebSite::Log log;
          log.path = files.display(files.inside(*folder ? folder : "logs", base)) + "/" +
                     (prefix ? prefix.value() : "access_log") + valve.attribute("suffix").value();
          log.format = valve.attribute("pattern").value();
          found.access_logs.push_back(std::move(log));
        }
        out.push_back(std::move(found));
      }
    }
  }
  return out;
}

}  // namespace konseki
