// The three streams, never mixed: results to stdout, progress and messages to stderr.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/standard_streams.h"
#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

// False when stdout is closed or full.
inline bool print_result(std::string_view text) {
  return write_standard(StandardStream::kOutput, text);
}

inline void print_message(std::string_view text) {
  write_standard(StandardStream::kError, std::string(text) + '\n');
}

// "konseki: ..." in the language asked.
inline void print_error(const Error& error, Language language) {
  print_message("konseki: " + error.describe(language));
}

}  // namespace konseki
