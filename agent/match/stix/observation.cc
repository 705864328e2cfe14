#include "agent/match/stix/observation.h"

#include <algorithm>

namespace konseki::stix {

void Observation::set_objects(std::vector<const ObservedObject*> objects) {
  objects_ = std::move(objects);
  std::stable_sort(objects_.begin(), objects_.end(),
                   [](const ObservedObject* a, const ObservedObject* b) { return a->id < b->id; });
}

const ObservedObject* Observation::find(std::string_view id) const {
  const auto found = std::lower_bound(
      objects_.begin(), objects_.end(), id,
      [](const ObservedObject* object, std::string_view name) { return object->id < name; });
  return found != objects_.end() && (*found)->id == id ? *found : nullptr;
}

}  // namespace konseki::stix
