#include "agent/artifact/web/php_fpm_config.h"

#include "agent/artifact/glob.h"

namespace konseki {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\"");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\r\"") - start + 1);
}

}  // namespace

std::vector<WebSite> read_php_fpm_pool(ConfigFiles& files, std::string_view path) {
  const std::string text = files.read(path);
  std::vector<WebSite> pools;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line[0] == ';' || line[0] == '#') continue;
    if (line[0] == '[') {
      const std::string_view name = line.substr(1, line.find(']') - 1);
      if (name == "global") continue;
      WebSite pool;
      pool.server = "php-fpm";
      pool.configuration = files.display(path);
      pool.names.emplace_back(name);
      pools.push_back(std::move(pool));
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || pools.empty()) continue;
    const std::string_view name = trimmed(line.substr(0, equals));
    std::string value(trimmed(line.substr(equals + 1)));
    // $pool stands for the pool's own name.
    if (const std::size_t at = value.find("$pool"); at != std::string::npos) {
      value.replace(at, 5, pools.back().names[0]);
    }
    if (name == "user") pools.back().user = value;
    if (name == "chdir" && value.size() > 1) {
      pools.back().roots.push_back(files.display(escape_glob(files.inside(value, ""))));
    }
    if (name == "access.log" && !value.empty()) {
      pools.back().access_logs.push_back({files.display(files.inside(value, "var")), {}});
    }
  }
  return pools;
}

}  // namespace konseki
