// How an atom is stored in an index and looked up there.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/match/indicators/atom.h"
#include "agent/match/stix/ip_network.h"

namespace konseki {

// Bytes that stand for a value: a digest in binary, an address as its bytes, a network as its
// version, prefix and bytes; other text as it is, folded where the type compares case-blind.
std::string atom_payload(AtomType type, std::string_view value);
// What is looked up: the payload, but the last part of a path or key, and a URL without scheme.
std::string_view atom_key(AtomType type, std::string_view payload);
// For people; the opposite of atom_payload() but for case.
std::string atom_text(AtomType type, std::string_view payload);

std::string address_payload(const stix::IpNetwork& address);  // full length, canonical
std::string network_payload(const stix::IpNetwork& network);  // any length, host bits zero

// A registry key as it is compared: folded, control sets of any number as the current one, the
// hive of a user as that of the current one.
std::string folded_key(std::string_view key);

// Whether `text`, or its end behind a separator, is `end`. Both folded alike. A first part of
// `end` that is a variable ("%temp%") stands for any of the folders that it can name.
bool ends_in_path(std::string_view text, std::string_view end, char separator);

}  // namespace konseki
