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

}  // namespace konseki
