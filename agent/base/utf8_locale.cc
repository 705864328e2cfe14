#include "agent/base/utf8_locale.h"

namespace konseki {

#ifdef _WIN32

Utf8Locale::Utf8Locale() = default;
Utf8Locale::~Utf8Locale() = default;

#else

namespace {

// Part of glibc itself since 2.35; null where it is not, and names stay as they are.
locale_t utf8() {
  static const locale_t kUtf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
  return kUtf8;
}

}  // namespace

Utf8Locale::Utf8Locale() {
  if (utf8() != locale_t{}) before_ = uselocale(utf8());
}

Utf8Locale::~Utf8Locale() {
  if (before_ != locale_t{}) uselocale(before_);
}

#endif

}  // namespace konseki
