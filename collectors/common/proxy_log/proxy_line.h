// ProxyLine: one line of Squid's access log.
// https://wiki.squid-cache.org/Features/LogFormat
#pragma once

#include <optional>
#include <string_view>

#include "collectors/web/access_log/access_format.h"

namespace konseki {

// `request` as the access logs of web servers have it (target: the whole URL), and what only
// proxies say. Views into the line.
struct ProxyLine {
  AccessLine request;
  std::string_view format;  // "squid", "common", "combined"
  std::string_view result;  // "TCP_MISS"
  std::string_view peer;    // address of the server that was asked; empty when none was
  std::string_view mime_type;
};

// Squid's own format ("squid", "squidmime"), or "common" and "combined".
std::optional<ProxyLine> read_proxy_line(std::string_view text, AccessClock& clock);

}  // namespace konseki
