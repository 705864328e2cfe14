// One KAPE target (.tkape) as a definition.
#pragma once

#include <optional>
#include <string_view>

#include "agent/artifact/problem_reporter.h"
#include "agent/artifact/yaml_document.h"
#include "konseki/artifact.h"

namespace konseki {

// True for file names that end in ".tkape" (case-blind).
bool is_kape_target(std::string_view file_name);

// The name is the file's, without folders and ".tkape". A target per source; targets that refer
// to other .tkape files become group sources. The drive letter stands for the system drive,
// %user% for every folder in its place. Reports and leaves out what cannot be used.
std::optional<ArtifactDefinition> read_kape_target(const YamlNode& root, ProblemReporter& problems);

}  // namespace konseki
