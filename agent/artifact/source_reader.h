// One entry of a ForensicArtifacts definition's `sources`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/artifact/problem_reporter.h"
#include "agent/artifact/yaml_document.h"
#include "konseki/artifact.h"

namespace konseki {

// Reports what is wrong; nullopt when nothing of the source can be used.
std::optional<ArtifactSource> read_source(const YamlNode& node,
                                          const ArtifactDefinition& definition,
                                          ProblemReporter& problems);

// Names of operating systems; unknown ones are reported and left out.
std::vector<std::string> read_supported_os(const YamlNode& node, ProblemReporter& problems);

}  // namespace konseki
