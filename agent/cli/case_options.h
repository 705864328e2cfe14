// The options that give case fields: a file of them, and one option a field.
#pragma once

#include <vector>

#include "agent/cli/arguments.h"
#include "agent/cli/case_file.h"

namespace konseki {

// --case FILE, --case-id TEXT, ...; without --clock-reference, which has a meaning only at the
// moment of collecting.
std::vector<OptionSpec> case_options();

// What they say; a single option outweighs the file. Reads --clock-reference too, where the verb
// has it.
Result<CaseFile> read_case_options(const Arguments& arguments);

}  // namespace konseki
