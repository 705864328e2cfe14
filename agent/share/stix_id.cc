#include "agent/share/stix_id.h"

#include "agent/base/uuid.h"

namespace konseki {
namespace {

constexpr std::string_view kObservables = "00abedb4-aa42-466c-9c01-fed23315a9b7";  // STIX 2.1, 2.9
constexpr std::string_view kObjects = "5d0c2b5e-4c0c-4a0e-9d53-2f2a8f5a6c11";      // our own

}  // namespace

std::string observable_id(std::string_view type, const nlohmann::json& contributing) {
  // A sorted object without spaces: RFC 8785 for texts and numbers as they occur here.
  return std::string(type) + "--" + uuid_of_name(kObservables, contributing.dump());
}

std::string object_id(std::string_view type, std::string_view name) {
  return std::string(type) + "--" + uuid_of_name(kObjects, name);
}

}  // namespace konseki
