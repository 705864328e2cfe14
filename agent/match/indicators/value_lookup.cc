#include "agent/match/indicators/value_lookup.h"

#include <algorithm>
#include <array>

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
  // Logs are full of addresses: no text and no allocation unless one is found.
  const stix::IpNetwork plain = canonical_network(address);
  const std::size_t size = plain.is_v6 ? 16 : 4;
  const std::string_view bytes(reinterpret_cast<const char*>(plain.bytes.data()), size);
  const std::size_t before = hits.size();
  find_payload(AtomType::kIpAddress, bytes, port, Nearness::kExact, hits);
  if (hits.size() > before && is_special(plain)) {
    for (std::size_t i = before; i < hits.size(); ++i) hits[i].nearness = Nearness::kReserved;
  }
  std::array<char, 18> network{};
  network[0] = plain.is_v6 ? '\6' : '\4';
  for (std::uint32_t i = 0; i < indexes_.size(); ++i) {
    const IndicatorIndex& index = *indexes_[i];
    std::copy(bytes.begin(), bytes.end(), network.begin() + 2);
    for (const std::uint8_t prefix : index.prefixes(plain.is_v6)) {  // the longest first
      network[1] = static_cast<char>(prefix);
      const std::size_t whole = prefix / 8;
      if (whole < size) {
        network[2 + whole] =
            static_cast<char>(network[2 + whole] & static_cast<char>(0xFF00 >> (prefix % 8)));
        std::fill(network.begin() + static_cast<std::ptrdiff_t>(3 + whole),
                  network.begin() + static_cast<std::ptrdiff_t>(2 + size), '\0');
      }
      const std::string_view payload(network.data(), 2 + size);
      index.find(AtomType::kIpNetwork, payload, [&](std::uint32_t value) {
        if (index.payload(value) != payload) return;
        const bool special = is_special(plain);
        stix::IpNetwork listed = plain;
        listed.prefix = prefix;
        // A wide network takes in private ranges without meaning them.
        if (special && !is_special(listed)) return;
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
