// Observation: what was seen at one time: a small graph of objects (STIX 2.1, section 4.14).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/stix/instant.h"
#include "agent/match/stix/value.h"

namespace konseki::stix {

// One object. `properties` is a dictionary and holds "type" and, where there is one, "id", too.
struct ObservedObject {
  std::string id;    // what other objects' _ref properties name it by
  std::string type;  // "file", "network-traffic"
  Value properties;
};

// Objects belong to whoever made the observation and must outlive it. Seen `count` times, each at
// any instant of the closed interval from `first` to `last`.
class Observation {
 public:
  std::string id;
  std::string origin;  // the file it was read from, or another address a person understands
  Instant first = 0;
  Instant last = 0;
  std::uint64_t count = 1;

  // Objects must be given once all at a time; order is kept for nothing.
  void set_objects(std::vector<const ObservedObject*> objects);
  const std::vector<const ObservedObject*>& objects() const { return objects_; }
  // Nullptr when this observation holds no such object, even if another one does.
  const ObservedObject* find(std::string_view id) const;

 private:
  std::vector<const ObservedObject*> objects_;  // sorted by id
};

}  // namespace konseki::stix
