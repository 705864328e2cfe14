// Resolver configuration: resolv.conf, hosts and nsswitch.conf, resolv.conf(5), hosts(5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace konseki::network {

struct ResolverEntry {
  std::string kind;
  std::string value;
  std::vector<std::string> names;
};

// In order of the file; comments and blank lines left out.
std::vector<ResolverEntry> parse_resolv_conf(std::string_view text);

// Entries other than those every system has (localhost, ip6-*, the multicast names).
std::vector<ResolverEntry> parse_hosts(std::string_view text);

// The "hosts:" line only.
std::vector<ResolverEntry> parse_nsswitch(std::string_view text);

}  // namespace konseki::network
