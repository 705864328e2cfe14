// The three streams, never mixed: results to stdout, progress and messages to stderr.
#pragma once

#include <cstdio>
#include <string_view>

#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

// False when stdout is closed or full.
inline bool print_result(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

inline void print_message(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

// "konseki: ..." in the language asked.
inline void print_error(const Error& error, Language language) {
  print_message("konseki: " + error.describe(language));
}

}  // namespace konseki
