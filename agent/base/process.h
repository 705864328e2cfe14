// What the operating system tells this process about itself and its user.
#pragma once

#include <string>
#include <vector>

namespace konseki {

// The words after the program's name, as UTF-8 on every system; patterns in them stay patterns.
std::vector<std::string> program_arguments(int count, char** words);

// The language in which the system speaks to this user, as a tag ("ja_JP.UTF-8", "ja"); may be "".
std::string user_language();

}  // namespace konseki
