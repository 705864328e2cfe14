#include "agent/cli/run_verb.h"

#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"

namespace konseki {

int run_verb(const Usage& usage, const std::vector<std::string>& words, Language language,
             const std::function<Result<int>(const Arguments&)>& work) {
  auto arguments = parse_arguments(usage, words);
  if (!arguments) return refuse_usage(arguments.error(), language);
  if (arguments->has("help")) {
    print_result(help_text(usage, language));
    return kExitComplete;
  }
  auto code = work(*arguments);
  if (code) return *code;
  print_error(code.error(), language);
  return kExitNotStarted;
}

int refuse_usage(const Error& error, Language language) {
  print_error(error, language);
  return kExitUsage;
}

}  // namespace konseki
