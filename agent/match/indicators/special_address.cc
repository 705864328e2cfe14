#include "agent/match/indicators/special_address.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "agent/match/indicators/address_text.h"

namespace konseki {

bool is_special(const stix::IpNetwork& network) {
  static const std::vector<stix::IpNetwork> kRanges = [] {
    constexpr std::array<std::string_view, 14> kTexts = {
        "0.0.0.0/8",     "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4",   "240.0.0.0/4", "::/127",
        "fc00::/7",      "fe80::/10",      "fec0::/10",     "ff00::/8"};
    std::vector<stix::IpNetwork> out;
    for (const std::string_view text : kTexts) out.push_back(*stix::parse_ip_network(text));
    return out;
  }();
  const stix::IpNetwork canonical = canonical_network(network);
  return std::any_of(kRanges.begin(), kRanges.end(),
                     [&](const stix::IpNetwork& range) { return range.contains(canonical); });
}

}  // namespace konseki
