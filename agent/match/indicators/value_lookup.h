// ValueLookup: asks every index for a value that was seen.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "agent/match/indicators/index.h"

namespace konseki {

// How near what was seen is to the indicator.
enum class Nearness : std::uint8_t {
  kExact,
  kSubdomain,     // below the domain that is listed
  kInNetwork,     // an address of the network that is listed
  kWithoutQuery,  // the URL that is listed, with a query behind it
  kReserved,      // an address or network that is not routed, listed as such
};

struct ValueHit {
  std::uint32_t index = 0;  // of ValueLookup::indexes()
  std::uint32_t value = 0;
  Nearness nearness = Nearness::kExact;
};
using ValueHits = std::vector<ValueHit>;

// Immutable, thread-safe. Every function appends to `hits`; texts are as the scanner or the
// evidence has them.
class ValueLookup {
 public:
  using Indexes = std::vector<std::shared_ptr<const IndicatorIndex>>;
  explicit ValueLookup(Indexes indexes) : indexes_(std::move(indexes)) {}

  const Indexes& indexes() const { return indexes_; }
  bool has(AtomType type) const;
  bool has_any_address_of(bool is_v6) const;

  // A value of one type as it is (atom_payload() is applied here).
  void find(AtomType type, std::string_view text, ValueHits& hits) const;
  void find_digest(AtomType type, std::span<const std::byte> digest, ValueHits& hits) const;
  // `host` is canonical; its parent domains are asked for too. `port` 0: not known.
  void find_host(std::string_view host, std::uint16_t port, ValueHits& hits) const;
  void find_address(const stix::IpNetwork& address, std::uint16_t port, ValueHits& hits) const;
  void find_url(std::string_view url, ValueHits& hits) const;
  // By whole name and by end of the path; `path` is folded and '/' separated.
  void find_path(std::string_view path, ValueHits& hits) const;
  // A key, and a key with the name of one of its values.
  void find_registry(std::string_view key, std::string_view value, ValueHits& hits) const;

 private:
  void find_payload(AtomType type, std::string_view payload, std::uint16_t port, Nearness nearness,
                    ValueHits& hits) const;
  void find_ends(AtomType type, std::string_view text, char separator, ValueHits& hits) const;

  Indexes indexes_;
};

}  // namespace konseki
