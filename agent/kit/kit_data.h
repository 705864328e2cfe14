// KitData: data.kon, the files of a rescue kit that a resident scanner must not recognise.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/output_stream.h"
#include "agent/seal/age_keys.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

// One file inside: "definitions/site.yaml" and its content. The first part of the name is its
// kind, so that later kinds only add members.
struct KitMember {
  std::string name;
  std::string content;
};

// Kinds.
inline constexpr std::string_view kKitDefinitions = "definitions/";
inline constexpr std::string_view kKitAllowLists = "allow/";
inline constexpr std::string_view kKitMinerData = "miner/";
inline constexpr std::string_view kKitIndicators = "indicators/";   // compiled indexes
inline constexpr std::string_view kKitRules = "rules/";             // YARA rules
inline constexpr std::string_view kKitIncludedRules = "included/";  // what these include

// The largest member, bytes: it is held in memory on the examined host.
inline constexpr std::uint64_t kMostKitMember = std::uint64_t{256} << 20;

// A bundle container (docs/bundle-format.md) encrypted to `key` in the age v1 format. Names are
// different and become the members' names as they are; `time` is the members' own. kLimitExceeded
// when a member is larger than kMostKitMember.
Result<void> write_kit_data(OutputStream& out, std::vector<KitMember> members,
                            const AgeIdentity& key, const Timestamp& time);

// Every member whose name begins with `kind`, in order of name. kCorrupt when the file is not as
// it was written; kLimitExceeded when one is larger than kMostKitMember.
Result<std::vector<KitMember>> read_kit_data(std::unique_ptr<ByteReader> file,
                                             const AgeIdentity& key, std::string_view kind);

}  // namespace konseki
