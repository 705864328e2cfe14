// HostsLine: one line of a hosts file, hosts(5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kHostsEntrySchema;

struct HostsLine {
  std::string address;
  std::vector<std::string> names;
};

// Nothing for comments, blank lines, and what every system has (localhost, ip6-*, the multicast
// names).
std::optional<HostsLine> read_hosts_line(std::string_view line);

}  // namespace konseki
