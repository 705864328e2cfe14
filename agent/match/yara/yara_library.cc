#include "agent/match/yara/yara_library.h"

#include <fmt/format.h>

#include "agent/base/handles/yara.h"

namespace konseki::yara {
namespace {

constexpr std::uint32_t kStackSlots = 16384;  // of a condition's evaluation
constexpr std::uint32_t kMaxStringsPerRule = 10000;
constexpr std::uint32_t kMaxMatchBytes = 64;  // kept of each match, for its excerpt

int start() {
  const int code = yr_initialize();
  if (code != ERROR_SUCCESS) return code;
  std::uint32_t stack = kStackSlots;
  std::uint32_t strings = kMaxStringsPerRule;
  std::uint32_t match = kMaxMatchBytes;
  yr_set_configuration(YR_CONFIG_STACK_SIZE, &stack);
  yr_set_configuration(YR_CONFIG_MAX_STRINGS_PER_RULE, &strings);
  yr_set_configuration(YR_CONFIG_MAX_MATCH_DATA, &match);
  return ERROR_SUCCESS;
}

}  // namespace

Result<void> start_library() {
  static const int kCode = start();
  if (kCode == ERROR_SUCCESS) return {};
  return fail(ErrorCode::kInternal, "libyara: " + library_error(kCode));
}

std::string library_error(int code) {
  switch (code) {
    case ERROR_SUCCESS:
      return "no error";
    case ERROR_INSUFFICIENT_MEMORY:
      return "not enough memory";
    case ERROR_COULD_NOT_ATTACH_TO_PROCESS:
      return "could not attach to the process";
    case ERROR_COULD_NOT_OPEN_FILE:
      return "could not open the file";
    case ERROR_COULD_NOT_MAP_FILE:
      return "could not read the content";
    case ERROR_INVALID_FILE:
      return "not a file of compiled rules";
    case ERROR_CORRUPT_FILE:
      return "the compiled rules are damaged";
    case ERROR_UNSUPPORTED_FILE_VERSION:
      return "compiled by another version of YARA";
    case ERROR_SCAN_TIMEOUT:
      return "the scan ran out of time";
    case ERROR_TOO_MANY_MATCHES:
      return "too many matches";
    case ERROR_TOO_MANY_RE_FIBERS:
      return "a regular expression took too many states";
    case ERROR_EXEC_STACK_OVERFLOW:
      return "a condition is nested too deeply";
    case ERROR_CALLBACK_ERROR:
      return "the scan was stopped";
    default:
      return fmt::format("error {} of libyara", code);
  }
}

}  // namespace konseki::yara
