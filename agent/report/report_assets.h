// The page's style and script, embedded from agent/report/assets at build.
#pragma once

#include <string_view>

namespace konseki {

extern const std::string_view kReportStyle;
extern const std::string_view kReportScript;

}  // namespace konseki
