// The rules of time zones by the names that hosts call them.
#pragma once

#include <string_view>

namespace konseki {

// The POSIX TZ rule that holds now in a zone of the tz database ("Asia/Tokyo") or of Windows
// ("Tokyo Standard Time"); empty when the name is not known. From the tz database of the machine
// that built this program.
std::string_view zone_rule(std::string_view name);

}  // namespace konseki
