#include "agent/match/indicators/warning_set.h"

#include <algorithm>
#include <array>

#include "agent/base/unicode.h"
#include "agent/match/indicators/atom_key.h"
#include "agent/match/indicators/misp_types.h"

namespace konseki {
namespace {

constexpr std::uint32_t bit(AtomType type) { return 1U << static_cast<unsigned>(type); }
static_assert(static_cast<unsigned>(AtomType::kCertificate) < 32);

// Kinds of values that one attribute type of MISP, or one half of a composite one, stands for.
std::uint32_t kinds_of(std::string_view attribute) {
  if (const std::size_t bar = attribute.find('|'); bar != std::string_view::npos) {
    return kinds_of(attribute.substr(0, bar)) | kinds_of(attribute.substr(bar + 1));
  }
  if (attribute == "ip") return bit(AtomType::kIpAddress) | bit(AtomType::kIpNetwork);
  if (attribute == "uri") return bit(AtomType::kUrl);
  if (attribute == "malware-sample") return bit(AtomType::kFileName) | bit(AtomType::kMd5);
  const auto type = misp_atom_type(attribute);
  if (!type) return 0;
  if (*type == AtomType::kIpAddress) return bit(*type) | bit(AtomType::kIpNetwork);
  if (*type == AtomType::kFileName) return bit(*type) | bit(AtomType::kFilePath);
  return bit(*type);
}

std::uint32_t kinds_of(const Warninglist& list) {
  if (list.matching_attributes.empty()) return ~0U;
  std::uint32_t out = 0;
  for (const std::string& attribute : list.matching_attributes) out |= kinds_of(attribute);
  return out;
}

// The host of a value that has one, else empty.
std::string_view host_of(AtomType type, std::string_view value) {
  if (type == AtomType::kDomain) return value;
  if (type == AtomType::kEmailAddress) return value.substr(value.rfind('@') + 1);
  if (type != AtomType::kUrl) return {};
  if (const std::size_t scheme = value.find("://"); scheme != std::string_view::npos) {
    value.remove_prefix(scheme + 3);
  }
  value = value.substr(0, value.find_first_of("/?#"));
  if (const std::size_t user = value.rfind('@'); user != std::string_view::npos) {
    value.remove_prefix(user + 1);
  }
  return value.starts_with('[') ? value.substr(0, value.find(']') + 1)
                                : value.substr(0, value.find(':'));
}

std::string payload_of(stix::IpNetwork network, std::uint8_t prefix) {
  network.prefix = prefix;
  return network_payload(network);
}

}  // namespace

void WarningSet::add(const Warninglist& list) {
  List& made = lists_.emplace_back();
  made.name = list.name.empty() ? list.file : list.name;
  made.type = list.type;
  made.kinds = kinds_of(list);
  for (const std::string& value : list.values) {
    switch (list.type) {
      case WarninglistType::kString:
        made.values.insert(fold_case(value));
        break;
      case WarninglistType::kHostname:
        made.values.insert(fold_case(value.starts_with('.') ? value.substr(1) : value));
        break;
      case WarninglistType::kSubstring:
        if (!value.empty()) made.parts.push_back(fold_case(value));
        break;
      case WarninglistType::kCidr:
        if (const auto network = stix::parse_ip_network(value)) {
          const auto prefix = static_cast<std::uint8_t>(network->prefix);
          (network->is_v6 ? made.prefixes_v6 : made.prefixes_v4).insert(prefix);
          made.values.insert(network_payload(*network));
        }
        break;
      case WarninglistType::kRegex:
        if (auto expression = stix::compile_matches(value)) {
          made.expressions.push_back(*std::move(expression));
        }
        break;
    }
  }
}

bool WarningSet::holds(const List& list, AtomType type, std::string_view value) {
  switch (list.type) {
    case WarninglistType::kString: {
      const std::string folded = fold_case(value);
      if (list.values.contains(folded)) return true;
      const std::size_t name = folded.find_last_of('/');
      return type == AtomType::kFilePath && name != std::string::npos &&
             list.values.contains(folded.substr(name + 1));
    }
    case WarninglistType::kHostname: {
      const std::string host = fold_case(host_of(type, value));
      for (std::string_view rest = host; !rest.empty();) {
        if (list.values.contains(std::string(rest))) return true;
        const std::size_t dot = rest.find('.');
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
      }
      return false;
    }
    case WarninglistType::kSubstring: {
      const std::string folded = fold_case(value);
      return std::any_of(list.parts.begin(), list.parts.end(), [&](const std::string& part) {
        return folded.find(part) != std::string::npos;
      });
    }
    case WarninglistType::kCidr: {
      const auto network = stix::parse_ip_network(value);
      if (!network) return false;
      const auto& prefixes = network->is_v6 ? list.prefixes_v6 : list.prefixes_v4;
      return std::any_of(prefixes.begin(), prefixes.end(), [&](std::uint8_t prefix) {
        return prefix <= network->prefix && list.values.contains(payload_of(*network, prefix));
      });
    }
    case WarninglistType::kRegex:
      return std::any_of(list.expressions.begin(), list.expressions.end(), [&](const auto& each) {
        const auto matched = each->matches_text(value);
        return matched && *matched;
      });
  }
  return false;
}

Warning WarningSet::find(AtomType type, std::string_view value) const {
  Warning out;
  bool all_sinkholes = true;
  for (const List& list : lists_) {
    if ((list.kinds & bit(type)) == 0 || !holds(list, type, value)) continue;
    if (!out.lists.empty()) out.lists += ", ";
    out.lists += list.name;
    all_sinkholes = all_sinkholes && fold_case(list.name).find("sinkhole") != std::string::npos;
  }
  out.sinkhole = !out.lists.empty() && all_sinkholes;
  return out;
}

bool is_special_name(std::string_view domain) {
  constexpr std::array<std::string_view, 6> kNames = {"localhost", "local",     "invalid",
                                                      "internal",  "home.arpa", "in-addr.arpa"};
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) {
    return domain == name || (domain.size() > name.size() && domain.ends_with(name) &&
                              domain[domain.size() - name.size() - 1] == '.');
  });
}

}  // namespace konseki
