#include "agent/base/windows/windows_error.h"

#include <windows.h>

#include <cerrno>

#include "agent/base/system_error.h"

namespace konseki {
namespace {

// The errno value that means the same; 0 where there is none.
int same_elsewhere(std::uint32_t number) {
  switch (number) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
      return ENOENT;
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD:
      return EACCES;
    case ERROR_WRITE_PROTECT:
      return EROFS;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
      return EEXIST;
    case ERROR_INVALID_NAME:
    case ERROR_INVALID_PARAMETER:
      return EINVAL;
    case ERROR_FILENAME_EXCED_RANGE:
      return ENAMETOOLONG;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
      return ENOSPC;
    case ERROR_FILE_TOO_LARGE:
      return EFBIG;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
      return EPIPE;
    case ERROR_TOO_MANY_OPEN_FILES:
      return EMFILE;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
      return ENOMEM;
    default:
      return 0;
  }
}

}  // namespace

Error windows_error(std::uint32_t number, std::string action) {
  if (const int same = same_elsewhere(number)) return system_error(same, std::move(action));
  switch (number) {
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
      return {ErrorCode::kPermissionDenied,
              std::move(action) + ": in use by another program",
              {"Close the program that has it open, or choose another place.",
               "使用中のプログラムを閉じるか、別の場所を指定してください。"}};
    case ERROR_NOT_READY:
    case ERROR_DEV_NOT_EXIST:
    case ERROR_DEVICE_NOT_CONNECTED:
    case ERROR_DEVICE_REMOVED:
    case ERROR_WRONG_DISK:
    case ERROR_NO_MEDIA_IN_DRIVE:
    case 433:  // ERROR_NO_SUCH_DEVICE, which not every header has
    case ERROR_MEDIA_CHANGED:
    case ERROR_FILE_INVALID:  // its volume was changed from outside
    case ERROR_IO_DEVICE:
    case ERROR_GEN_FAILURE:
      return {ErrorCode::kIoError, std::move(action) + ": the device is not there", kOutputGone};
    default:
      break;
  }
  // Windows' own text would be in the language of the system.
  return {ErrorCode::kIoError, std::move(action) + ": Windows error " + std::to_string(number), {}};
}

}  // namespace konseki
