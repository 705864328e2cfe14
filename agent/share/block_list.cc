#include "agent/share/block_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "agent/base/unicode.h"
#include "agent/match/indicators/special_address.h"
#include "agent/report/csv.h"

namespace konseki {
namespace {

// A name as DNS carries it: labels of 1 to 63 letters, digits, hyphens and underscores.
bool is_host_name(std::string_view name) {
  constexpr std::size_t kMostName = 200;  // an RPZ adds the zone's own name behind it
  if (name.empty() || name.size() > kMostName) return false;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    const std::string_view label = name.substr(at, dot - at);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
        !std::all_of(label.begin(), label.end(), [](char c) {
          return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
        })) {
      return false;
    }
    at = dot + 1;
  }
  return true;
}

// "32.1.2.0.192.rpz-ip": prefix, then the address from its end; IPv6 in groups, none shortened.
std::string rpz_address(const stix::IpNetwork& network) {
  std::string out = std::to_string(network.prefix);
  if (!network.is_v6) {
    for (int i = 3; i >= 0; --i) out += fmt::format(".{}", network.bytes[static_cast<size_t>(i)]);
  } else {
    for (int i = 14; i >= 0; i -= 2) {
      const auto at = static_cast<std::size_t>(i);
      out += fmt::format(".{:x}", network.bytes[at] << 8 | network.bytes[at + 1]);
    }
  }
  return out + ".rpz-ip";
}

bool is_address(std::string_view type) { return type == "ip-address" || type == "ip-network"; }

// No list should stop a part of the Internet this large.
bool is_too_wide(const stix::IpNetwork& network) {
  return network.prefix < (network.is_v6 ? 16 : 8);
}

std::string zone_head(const Timestamp& taken) {
  // Grows with the time of the evidence, which secondaries go by.
  return fmt::format(
      "$TTL 300\n"
      "@ IN SOA localhost. hostmaster.localhost. ({} 3600 600 604800 300)\n"
      "@ IN NS localhost.\n",
      static_cast<std::uint32_t>(std::max<std::int64_t>(taken.seconds, 1)));
}

void put_zone_entry(std::string& out, const Observable& value) {
  if (value.type == "domain-name") {
    out += fmt::format("{0} CNAME .\n*.{0} CNAME .\n", value.value);
  } else if (const auto network = stix::parse_ip_network(value.value)) {
    out += rpz_address(*network) + " CNAME .\n";
  }
}

void put_row(std::string& out, const BlockEntry& entry) {
  const auto time = [](const std::optional<Timestamp>& at) { return at ? at->iso8601() : ""; };
  bool first = true;
  for (const std::string& cell :
       {entry.value.type, entry.value.value,
        entry.value.port == 0 ? std::string() : std::to_string(entry.value.port),
        std::to_string(entry.count), time(entry.first_seen), time(entry.last_seen), entry.indicator,
        entry.name, entry.technique, entry.marking, entry.source}) {
    if (!first) out += ',';
    first = false;
    append_spreadsheet_cell(out, cell);
  }
  out += "\r\n";
}

}  // namespace

bool BlockList::fits(const Observable& value) const {
  switch (format_) {
    case BlockListFormat::kPlain:
      return value.type == "domain-name" || is_address(value.type) || value.type == "url" ||
             std::find(kinds_.begin(), kinds_.end(), value.type) != kinds_.end();
    case BlockListFormat::kHosts:
      return value.type == "domain-name" && is_host_name(value.value);
    case BlockListFormat::kRpz:
      return is_address(value.type) || (value.type == "domain-name" && is_host_name(value.value));
    case BlockListFormat::kCsv:
      return true;
  }
  return false;
}

void BlockList::add(BlockEntry entry) {
  Observable& value = entry.value;
  if (!kinds_.empty() && std::find(kinds_.begin(), kinds_.end(), value.type) == kinds_.end()) {
    return;
  }
  if (!fits(value) || value.value.find_first_of("\r\n") != std::string::npos) {
    ++not_of_form_;
    return;
  }
  const auto type = atom_type_of_name(value.type);
  const auto network = is_address(value.type) ? stix::parse_ip_network(value.value) : std::nullopt;
  if ((network && (is_special(*network) || is_too_wide(*network))) ||
      (value.type == "domain-name" && is_special_name(value.value))) {
    ++reserved_;
    return;
  }
  if (const Warning warning = type ? warnings_.find(*type, value.value) : Warning{};
      !warning.lists.empty() && !warning.sinkhole) {
    ++held_down_;
    return;
  }
  // A port is nothing that a name server or a list of addresses could say.
  if (format_ != BlockListFormat::kCsv) value.port = 0;
  const auto [place, is_new] = entries_.try_emplace(value, entry);
  if (is_new) return;
  BlockEntry& kept = place->second;
  kept.count += entry.count;
  if (entry.first_seen && (!kept.first_seen || *entry.first_seen < *kept.first_seen)) {
    kept.first_seen = entry.first_seen;
  }
  if (entry.last_seen && (!kept.last_seen || *entry.last_seen > *kept.last_seen)) {
    kept.last_seen = entry.last_seen;
  }
}

std::string BlockList::text(const Timestamp& taken) const {
  std::string out;
  if (format_ == BlockListFormat::kRpz) out = zone_head(taken);
  if (format_ == BlockListFormat::kCsv) {
    out =
        "\xEF\xBB\xBF"
        "type,value,port,count,first_seen,last_seen,indicator,name,technique,marking,source\r\n";
  }
  for (const auto& [value, entry] : entries_) {
    switch (format_) {
      case BlockListFormat::kPlain:
        out += value.value;
        out += '\n';
        break;
      case BlockListFormat::kHosts:
        out += fmt::format("0.0.0.0 {}\n", value.value);
        break;
      case BlockListFormat::kRpz:
        put_zone_entry(out, value);
        break;
      case BlockListFormat::kCsv:
        put_row(out, entry);
        break;
    }
  }
  return out;
}

}  // namespace konseki
