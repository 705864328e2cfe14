// What every verb does around its work: parse, help, errors to exit codes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/cli/arguments.h"
#include "konseki/text.h"

namespace konseki {

// Parses `words`, answers --help, else runs `work`. Words that make no sense are exit code 2; an
// Error of the work is printed and becomes exit code 3.
int run_verb(const Usage& usage, const std::vector<std::string>& words, Language language,
             const std::function<Result<int>(const Arguments&)>& work);

// Prints the error of an option's value and answers kExitUsage.
int refuse_usage(const Error& error, Language language);

}  // namespace konseki
