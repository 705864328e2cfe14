#include "agent/base/url_host.h"

#include "agent/base/parse_number.h"

namespace konseki {

UrlHost host_of_url(std::string_view url) {
  UrlHost out;
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
  } else if (url.find('/') != std::string_view::npos) {
    return out;
  }
  url = url.substr(0, url.find_first_of("/?#"));
  if (const std::size_t user = url.rfind('@'); user != std::string_view::npos) {
    url.remove_prefix(user + 1);
  }
  const std::size_t bracket = url.find(']');
  const std::size_t colon = url.find(':', bracket == std::string_view::npos ? 0 : bracket);
  out.host = url.substr(0, colon);
  if (out.host.starts_with('[') && out.host.ends_with(']')) {
    out.host = out.host.substr(1, out.host.size() - 2);
  }
  if (colon != std::string_view::npos) {
    out.port = parse_number<std::uint16_t>(url.substr(colon + 1)).value_or(0);
  }
  return out;
}

}  // namespace konseki
