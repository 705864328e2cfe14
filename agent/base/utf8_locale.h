// Utf8Locale: names in UTF-8 for libraries that ask the C locale, in one thread and one scope.
#pragma once

#ifndef _WIN32
#include <locale.h>
#endif

namespace konseki {

// While it lives, the calling thread's character set is UTF-8, whatever the environment says; the
// rest of the process is left alone. On Windows libraries use wide names and nothing is done.
class Utf8Locale {
 public:
  Utf8Locale();
  ~Utf8Locale();
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

#ifndef _WIN32
 private:
  locale_t before_{};
#endif
};

}  // namespace konseki
