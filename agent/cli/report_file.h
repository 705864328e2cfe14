// The HTML report of bundle files, as `report` and `collect` write it.
#pragma once

#include <span>
#include <string>

#include "agent/report/output.h"
#include "konseki/text.h"

namespace konseki {

Result<void> write_report(std::span<const std::string> bundle_paths, Language language,
                          const Output& write);

}  // namespace konseki
