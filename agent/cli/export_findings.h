// konseki export in the forms that others read: STIX, MISP, block lists.
#pragma once

#include <string_view>
#include <vector>

#include "agent/cli/arguments.h"
#include "agent/cli/key_options.h"
#include "konseki/result.h"

namespace konseki {

// Whether --format names one of them.
bool is_findings_format(std::string_view format);

// The options that they alone know.
std::vector<OptionSpec> findings_export_options();

// Writes what --output names; answers the exit code.
Result<int> export_findings(const Arguments& arguments, const Unlocker& unlocker,
                            Language language);

}  // namespace konseki
