// Result<T>: a value or an Error, for every call that can fail on input or on the system.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "konseki/text.h"

namespace konseki {

// The few canonical kinds of failure. Callers branch on these; people read Error::describe().
enum class ErrorCode {
  kNotFound,          // the thing does not exist
  kPermissionDenied,  // it exists, we may not look
  kCorrupt,           // bytes contradict their format
  kUnsupported,       // a known form we cannot read
  kIoError,           // the device or the operating system failed
  kLimitExceeded,     // a stated bound (size, depth, count, time) was reached
  kCancelled,         // the user or a deadline stopped it
  kInvalidArgument,   // the caller's or the user's words make no sense
  kInternal,          // our own fault
};

// The stable lower-case name used in JSON ("not_found", "permission_denied", ...).
std::string_view error_code_name(ErrorCode code);

// A failure. `detail` is technical and language-neutral (a path, an offset, a library's words);
// `advice` says what the user can do next and may be empty.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string detail;
  Bilingual advice;

  // One line for a person: the kind in the language asked, the detail, the advice.
  std::string describe(Language language) const;
};

// Holds a T or an Error. Like tl::expected, but ignoring it is a compile error.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

// Builds the failing side: `return fail(ErrorCode::kCorrupt, "offset 12: bad magic");`
inline tl::unexpected<Error> fail(ErrorCode code, std::string detail, Bilingual advice = {}) {
  return tl::unexpected<Error>(Error{code, std::move(detail), std::move(advice)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace konseki

// Evaluates `expr`; returns its error from the enclosing function, or goes on.
#define KONSEKI_TRY(expr)                                      \
  do {                                                         \
    if (auto konseki_try_ = (expr); !konseki_try_)             \
      return ::konseki::fail(std::move(konseki_try_).error()); \
  } while (0)

#define KONSEKI_CONCAT_(a, b) a##b
#define KONSEKI_CONCAT(a, b) KONSEKI_CONCAT_(a, b)

// `KONSEKI_ASSIGN(auto entry, file_system.stat(path));` declares `entry` or returns the error.
#define KONSEKI_ASSIGN(declaration, expr)                                                 \
  auto KONSEKI_CONCAT(konseki_result_, __LINE__) = (expr);                                \
  if (!KONSEKI_CONCAT(konseki_result_, __LINE__))                                         \
    return ::konseki::fail(std::move(KONSEKI_CONCAT(konseki_result_, __LINE__)).error()); \
  declaration = *std::move(KONSEKI_CONCAT(konseki_result_, __LINE__))
