#include "agent/source/live/linux/read_error.h"

#include <cerrno>
#include <cstring>

namespace konseki {
namespace {

ErrorCode code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:  // a component no file system here can hold
    case ELOOP:         // a symbolic link on the way, which is never followed
    case EXDEV:         // the way leads out of the tree
    case ESRCH:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
      return ErrorCode::kPermissionDenied;
    case EOPNOTSUPP:
    case ENOSYS:
      return ErrorCode::kUnsupported;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return ErrorCode::kLimitExceeded;
    default:
      return ErrorCode::kIoError;
  }
}

}  // namespace

Error read_error(int number, std::string_view what) {
  std::string detail(what);
  const char* text = strerrordesc_np(number);
  detail += ": ";
  detail += text != nullptr ? text : "unknown error";
  return Error{code_of(number), std::move(detail), {}};
}

}  // namespace konseki
