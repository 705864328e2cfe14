// Lines of access logs that are JSON objects: nginx with escape=json, Caddy, Traefik, log shippers.
#pragma once

#include <string_view>

#include "collectors/web/access_log/access_format.h"

namespace konseki {

// By the names of the members, also those of an object inside ("request": {"uri": ...}). True when
// the line has a time and something that was asked for. `line` is clear before.
bool read_json_access_line(std::string_view text, AccessClock& clock, AccessLine& line);

// The line of a log that a container runtime wrapped ({"log": "...\n", "stream": ...}), kept in
// line.texts; empty when it is no such thing.
std::string_view wrapped_line(std::string_view text, AccessLine& line);

}  // namespace konseki
