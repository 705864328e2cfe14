#include "agent/match/webshell/site_path.h"

#include <algorithm>
#include <array>

#include "agent/match/webshell/word_list.h"

namespace konseki::webshell {
namespace {

constexpr auto kScriptEndings = std::to_array<std::string_view>(
    {"php",  "php3", "php4", "php5", "php7", "php8", "pht", "phtml", "phar", "asp",
     "aspx", "asa",  "ashx", "asmx", "ascx", "cer",  "cdx", "jsp",   "jspx", "jspf",
     "jsw",  "jsv",  "cfm",  "cfml", "cfc",  "cgi",  "pl",  "py",    "shtml"});
constexpr auto kPictureEndings =
    std::to_array<std::string_view>({"jpg", "jpeg", "png", "gif", "bmp", "ico", "webp"});
constexpr auto kRootNames = std::to_array<std::string_view>(
    {"html", "htdocs", "httpdocs", "public_html", "wwwroot", "webapps", "public", "www"});

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_script_name(std::string_view name) {
  std::size_t dot = name.find('.');
  while (dot != std::string_view::npos) {
    const std::size_t next = name.find('.', dot + 1);
    const std::string_view ending = name.substr(dot + 1, next - dot - 1);
    if (ending.size() <= 5 && is_one_of(lower_case(ending), kScriptEndings)) return true;
    dot = next;
  }
  return false;
}

bool is_picture_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot != std::string_view::npos &&
         is_one_of(lower_case(name.substr(dot + 1)), kPictureEndings);
}

std::vector<std::string_view> components_of(std::string_view path) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (end > at) out.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string request_key(std::string_view path) {
  std::string out;
  for (std::string_view part : components_of(path)) {
    part = part.substr(0, part.find(';'));
    if (part.empty()) continue;
    out += '/';
    out += part;
    if (is_script_name(part)) break;
  }
  if (out.empty()) out += '/';
  return out;
}

std::size_t site_begin(const std::vector<std::string_view>& components,
                       const std::vector<std::string>& roots, bool& known) {
  known = false;
  std::size_t best = 0;
  for (const std::string& root : roots) {
    const auto parts = components_of(root);
    if (parts.empty() || parts.size() >= components.size() || parts.size() <= best) continue;
    if (std::equal(parts.begin(), parts.end(), components.begin(),
                   [](std::string_view a, std::string_view b) {
                     return a == "*" || a == b || lower_case(a) == lower_case(b);
                   })) {
      best = parts.size();
      known = true;
    }
  }
  if (known) return best;
  for (std::size_t i = 0; i + 1 < components.size(); ++i) {
    if (is_one_of(lower_case(components[i]), kRootNames)) best = i + 1;
    // Deeper ones of the same name belong to the site ("/var/www/html/public").
    if (best > 0 && i + 1 > best) break;
  }
  return best > 0 ? best : components.size();
}

bool in_program_folder(std::string_view path) {
  const auto parts = components_of(path);
  if (is_one_of("cgi-bin", parts)) return false;
  auto at = parts.begin();
  if (at != parts.end() && *at == "usr") ++at;
  if (at != parts.end() && *at == "local") ++at;
  if (at == parts.end() || at + 1 == parts.end()) return false;
  static constexpr auto kPrograms =
      std::to_array<std::string_view>({"bin", "sbin", "games", "lib", "lib32", "lib64", "libexec"});
  if (is_one_of(*at, kPrograms)) return true;
  return *at == "share" && (at[1].starts_with("perl") || at[1].starts_with("python"));
}

std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace konseki::webshell
