#include "collectors/linux/network/resolver.h"

#include <algorithm>
#include <array>

#include "collectors/linux/procfs/text.h"

namespace konseki::network {
namespace {

using procfs::next_field;
using procfs::next_part;

std::vector<std::string> fields_of(std::string_view text) {
  std::vector<std::string> fields;
  for (auto field = next_field(text); !field.empty(); field = next_field(text)) {
    fields.emplace_back(field);
  }
  return fields;
}

// Up to the first of `marks`.
std::string_view without_comment(std::string_view line, std::string_view marks) {
  return line.substr(0, line.find_first_of(marks));
}

struct Default {
  std::string_view address;
  std::string_view name;
};

// What Debian's and Red Hat's installers write.
constexpr auto kDefaults = std::to_array<Default>({{"127.0.0.1", "localhost"},
                                                   {"127.0.0.1", "localhost.localdomain"},
                                                   {"127.0.0.1", "localhost4"},
                                                   {"127.0.0.1", "localhost4.localdomain4"},
                                                   {"::1", "localhost"},
                                                   {"::1", "localhost.localdomain"},
                                                   {"::1", "localhost6"},
                                                   {"::1", "localhost6.localdomain6"},
                                                   {"::1", "ip6-localhost"},
                                                   {"::1", "ip6-loopback"},
                                                   {"fe00::0", "ip6-localnet"},
                                                   {"ff00::0", "ip6-mcastprefix"},
                                                   {"ff02::1", "ip6-allnodes"},
                                                   {"ff02::2", "ip6-allrouters"}});

bool is_default(std::string_view address, std::string_view name) {
  return std::ranges::any_of(kDefaults, [&](const Default& known) {
    return known.address == address && known.name == name;
  });
}

}  // namespace

std::vector<ResolverEntry> parse_resolv_conf(std::string_view text) {
  std::vector<ResolverEntry> entries;
  while (!text.empty()) {
    std::string_view line = without_comment(next_part(text, '\n'), "#;");
    const std::string kind(next_field(line));
    if (kind != "nameserver" && kind != "search" && kind != "domain" && kind != "options") continue;
    entries.push_back({kind, std::string(procfs::trim(line)), {}});
  }
  return entries;
}

std::vector<ResolverEntry> parse_hosts(std::string_view text) {
  std::vector<ResolverEntry> entries;
  while (!text.empty()) {
    std::string_view line = without_comment(next_part(text, '\n'), "#");
    std::string address(next_field(line));
    std::vector<std::string> names = fields_of(line);
    std::erase_if(names, [&](const std::string& name) { return is_default(address, name); });
    if (!names.empty()) entries.push_back({"hosts", std::move(address), std::move(names)});
  }
  return entries;
}

std::vector<ResolverEntry> parse_nsswitch(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = without_comment(next_part(text, '\n'), "#");
    if (procfs::trim(next_part(line, ':')) == "hosts")
      return {{"nsswitch", "hosts", fields_of(line)}};
  }
  return {};
}

}  // namespace konseki::network
