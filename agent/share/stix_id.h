// Identifiers of STIX objects: the same thing gets the same one everywhere and always.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace konseki {

using StixObject = nlohmann::ordered_json;

// STIX 2.1, 2.9: "type--UUIDv5" of the properties that the specification names for the type, as
// RFC 8785 writes them. `contributing` holds those of them that the object has, and nothing else;
// empty: there are none, which the caller must not let happen.
std::string observable_id(std::string_view type, const nlohmann::json& contributing);

// "type--UUID" for what is no observable: of a text that tells one object from every other.
std::string object_id(std::string_view type, std::string_view name);

}  // namespace konseki
