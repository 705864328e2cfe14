#include "agent/match/indicators/value_lookup.h"

#include <algorithm>

#include "agent/match/indicators/address_text.h"
#include "agent/match/indicators/atom_key.h"
#include "agent/match/indicators/special_address.h"

namespace konseki {
namespace {

// An indicator with a port wants that port, but only where the evidence tells one.
bool port_fits(std::uint16_t listed, std::uint16_t seen) {
  return listed == 0 || seen == 0 || listed == seen;
}

}  // namespace

bool ValueLookup::has(AtomType type) const {
  return std::any_of(indexes_.begin(), indexes_.end(),
                     [&](const auto& index) { return index->has(type); });
}

bool ValueLookup::has_any_address_of(bool is_v6) const {
  return has(AtomType::kIpAddress) ||
         std::any_of(indexes_.begin(), indexes_.end(),
                     [&](const auto& index) { return !index->prefixes(is_v6).empty(); });
}

void ValueLookup::find_payload(AtomType type, std::string_view payload, std::uint16_t port,
                               Nearness nearness, ValueHits& hits) const {
  const std::string_view key = atom_key(type, payload);
  for (std::uint32_t i = 0; i < indexes_.size(); ++i) {
    const IndicatorIndex& index = *indexes_[i];
    index.find(type, key, [&](std::uint32_t value) {
      if (!port_fits(index.port(value), port) || index.payload(value) != payload) return;
      hits.push_back({i, value, nearness});
    });
  }
}

void ValueLookup::find(AtomType type, std::string_view text, ValueHits& hits) const {
  if (!text.empty()) find_payload(type, atom_payload(type, text), 0, Nearness::kExact, hits);
}

void ValueLookup::find_digest(AtomType type, std::span<const std::byte> digest,
                              ValueHits& hits) const {
  find_payload(type, {reinterpret_cast<const char*>(digest.data()), digest.size()}, 0,
               Nearness::kExact, hits);
}

void ValueLookup::find_host(std::string_view host, std::uint16_t port, ValueHits& hits) const {
  Nearness nearness = Nearness::kExact;
  for (std::string_view rest = host;;) {
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) return;  // a top-level domain is no indicator
    find_payload(AtomType::kDomain, rest, port, nearness, hits);
    rest.remove_prefix(dot + 1);
    nearness = Nearness::kSubdomain;
  }
}

void ValueLookup::find_address(const stix::IpNetwork& address, std::uint16_t port,
                               ValueHits& hits) const {
  const bool special = is_special(address);
  find_payload(AtomType::kIpAddress, address_payload(address), port,
               special ? Nearness::kReserved : Nearness::kExact, hits);
  stix::IpNetwork network = canonical_network(address);
  const stix::IpNetwork plain = network;
  for (std::uint32_t i = 0; i < indexes_.size(); ++i) {
    const IndicatorIndex& index = *indexes_[i];
    for (const std::uint8_t prefix : index.prefixes(plain.is_v6)) {
      network = plain;
      network.prefix = prefix;
      const std::string payload = network_payload(network);
      index.find(AtomType::kIpNetwork, payload, [&](std::uint32_t value) {
        if (index.payload(value) != payload) return;
        // A wide network takes in private ranges without meaning them.
        if (special && !is_special(network)) return;
        hits.push_back({i, value, special ? Nearness::kReserved : Nearness::kInNetwork});
      });
    }
  }
}

void ValueLookup::find_url(std::string_view url, ValueHits& hits) const {
  const auto ask = [&](std::string_view text, Nearness nearness) {
    const std::string_view key = atom_key(AtomType::kUrl, text);
    for (std::uint32_t i = 0; i < indexes_.size(); ++i) {
      const IndicatorIndex& index = *indexes_[i];
      index.find(AtomType::kUrl, key, [&](std::uint32_t value) {
        const std::string listed = index.payload(value);
        const std::string_view listed_key = atom_key(AtomType::kUrl, listed);
        // A scheme counts only where both have one.
        if (listed_key != key ||
            (listed_key.size() != listed.size() && key.size() != text.size() && listed != text)) {
          return;
        }
        hits.push_back({i, value, nearness});
      });
    }
  };
  ask(url, Nearness::kExact);
  if (const std::size_t query = url.find('?'); query != std::string_view::npos) {
    const std::string_view bare = url.substr(0, query);
    ask(bare.ends_with('/') ? bare.substr(0, bare.size() - 1) : bare, Nearness::kWithoutQuery);
  }
}

void ValueLookup::find_ends(AtomType type, std::string_view text, char separator,
                            ValueHits& hits) const {
  const std::string_view key = text.substr(text.rfind(separator) + 1);
  for (std::uint32_t i = 0; i < indexes_.size(); ++i) {
    const IndicatorIndex& index = *indexes_[i];
    index.find(type, key, [&](std::uint32_t value) {
      if (ends_in_path(text, index.payload(value), separator)) {
        hits.push_back({i, value, Nearness::kExact});
      }
    });
  }
}

void ValueLookup::find_path(std::string_view path, ValueHits& hits) const {
  if (path.empty()) return;
  find_payload(AtomType::kFileName, path.substr(path.rfind('/') + 1), 0, Nearness::kExact, hits);
  find_ends(AtomType::kFilePath, path, '/', hits);
}

void ValueLookup::find_registry(std::string_view key, std::string_view value,
                                ValueHits& hits) const {
  const std::string folded = folded_key(key);
  find_ends(AtomType::kRegistryKey, folded, '\\', hits);
  if (!value.empty()) {
    find_ends(AtomType::kRegistryKey, folded + '\\' + folded_key(value), '\\', hits);
  }
}

}  // namespace konseki
