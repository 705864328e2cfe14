// One ForensicArtifacts definition from its YAML document.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/artifact/problem_reporter.h"
#include "agent/artifact/yaml_document.h"
#include "konseki/artifact.h"

namespace konseki {

// Reads the grammar of the ForensicArtifacts format specification; deprecated keys are accepted.
// What is wrong is reported and left out: one path, one source, or, when nothing usable remains
// or the name is missing, the definition (nullopt).
std::optional<ArtifactDefinition> read_definition(const YamlNode& root, ProblemReporter& problems);

// A list of plain texts below `node`, which may be one text; reports everything else.
std::vector<std::string> read_text_list(const YamlNode& node, ProblemReporter& problems);

// Checks the variables and wild cards of a pattern ('/' separated) and answers if it is usable.
bool check_pattern(const std::string& pattern, std::uint32_t line, ProblemReporter& problems);

}  // namespace konseki
