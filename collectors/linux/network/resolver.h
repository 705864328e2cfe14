// Resolver configuration: resolv.conf and nsswitch.conf, resolv.conf(5), nsswitch.conf(5).
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

// The "hosts:" line only.
std::vector<ResolverEntry> parse_nsswitch(std::string_view text);

}  // namespace konseki::network
