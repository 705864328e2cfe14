// KitConfig: kit.json, what a rescue kit is to do (docs/kit.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/seal/age_keys.h"
#include "agent/seal/signing_key.h"
#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

// Names of files in a kit's folder.
inline constexpr std::string_view kKitConfigName = "kit.json";
inline constexpr std::string_view kKitListName = "kit.list";
inline constexpr std::string_view kKitSignatureName = "kit.list.minisig";
inline constexpr std::string_view kKitDataName = "data.kon";
inline constexpr std::string_view kKitPageName = "START-HERE.html";
inline constexpr std::string_view kKitPageTextName = "START-HERE.txt";

// What kit.json says. Plain value.
struct KitConfig {
  std::string program_version;                     // of the Konseki that made it
  std::string created;                             // ISO 8601, UTC
  std::optional<Language> language;                // nothing: as the system on which it runs
  std::string profile;                             // as collect --profile
  std::vector<std::string> artifacts;              // as collect --artifact
  std::vector<std::string> include;                // as collect --include
  std::vector<std::string> recipients;             // "age1…"; none: not encrypted
  std::map<std::string, std::string> case_fields;  // by their key in run.json
  std::map<std::string, std::string, std::less<>> limits;  // by kKitLimits, as typed
  std::uint64_t indicators = 0;                            // in data.kon, to be shown
  std::uint64_t rules = 0;                                 // likewise
  std::string output = "evidence";                         // folder beside kit.json for the bundles
  VerifyingKey public_key;                                 // signs kit.list
  // Opens data.kon. No secret: it only keeps scanners from recognising what lies inside.
  AgeIdentity data_key;

  std::string json() const;
  // max_time, where it is set.
  std::optional<std::chrono::seconds> max_time() const;
  // The command line of the collection: words for `konseki collect` of the kit in `folder`.
  std::vector<std::string> collect_words(const std::string& folder) const;
};

// The limits that a kit may set; each is the option of collect with '-' for '_'.
inline constexpr std::string_view kKitLimits[] = {"cpu_limit", "max_file_size",  "max_memory",
                                                  "max_time",  "max_total_size", "split"};

// Strict: a field that is missing, unknown, there twice, of the wrong type or of no meaning is
// kInvalidArgument and named ("kit.json: limits.max_time"); a newer version is kUnsupported.
// `case_keys`: the fields that "case" may hold.
Result<KitConfig> parse_kit_config(std::string_view text,
                                   std::span<const std::string_view> case_keys);

}  // namespace konseki
