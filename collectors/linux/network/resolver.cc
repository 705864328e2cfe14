#include "collectors/linux/network/resolver.h"

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

std::vector<ResolverEntry> parse_nsswitch(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = without_comment(next_part(text, '\n'), "#");
    if (procfs::trim(next_part(line, ':')) == "hosts")
      return {{"nsswitch", "hosts", fields_of(line)}};
  }
  return {};
}

}  // namespace konseki::network
