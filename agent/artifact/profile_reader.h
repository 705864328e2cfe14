// One profile from its YAML document; the schema is in docs/artifacts.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/artifact/problem_reporter.h"
#include "agent/artifact/yaml_document.h"
#include "konseki/artifact.h"

namespace konseki {

struct ProfileText {
  Profile profile;  // artifacts and core as written, includes not yet applied
  std::vector<std::string> includes;
};

// Reports what is wrong; nullopt when the profile could not be used without guessing.
std::optional<ProfileText> read_profile(const YamlNode& root, ProblemReporter& problems);

// "4096", "64 KiB", "512 MiB", "1 GiB", "2 TiB" in bytes (K, M, G, T alike).
std::optional<std::uint64_t> parse_size(std::string_view text);
// "90", "90 s", "30 m", "2 h" in seconds.
std::optional<std::uint64_t> parse_duration(std::string_view text);

}  // namespace konseki
