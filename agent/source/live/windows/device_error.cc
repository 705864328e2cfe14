#include "agent/source/live/windows/device_error.h"

namespace konseki {

DeviceFault device_fault_of(std::uint32_t error) {
  switch (error) {
    case 0:
    case 38:  // ERROR_HANDLE_EOF
      return DeviceFault::kNone;
    case 5:           // ERROR_ACCESS_DENIED
    case 19:          // ERROR_WRITE_PROTECT
    case 33:          // ERROR_LOCK_VIOLATION
    case 87:          // ERROR_INVALID_PARAMETER: an unaligned read, which is our fault
    case 6000:        // ERROR_ENCRYPTION_FAILED
    case 0x80310000:  // FVE_E_LOCKED_VOLUME
      return DeviceFault::kRefused;
    case 2:     // ERROR_FILE_NOT_FOUND
    case 6:     // ERROR_INVALID_HANDLE
    case 15:    // ERROR_INVALID_DRIVE
    case 20:    // ERROR_BAD_UNIT
    case 21:    // ERROR_NOT_READY
    case 34:    // ERROR_WRONG_DISK
    case 53:    // ERROR_BAD_NETPATH
    case 55:    // ERROR_DEV_NOT_EXIST
    case 64:    // ERROR_NETNAME_DELETED
    case 433:   // ERROR_NO_SUCH_DEVICE
    case 995:   // ERROR_OPERATION_ABORTED
    case 1006:  // ERROR_FILE_INVALID: the volume was dismounted or changed
    case 1110:  // ERROR_MEDIA_CHANGED
    case 1112:  // ERROR_NO_MEDIA_IN_DRIVE
    case 1167:  // ERROR_DEVICE_NOT_CONNECTED
    case 1617:  // ERROR_DEVICE_REMOVED
    case 4319:  // ERROR_DEVICE_NOT_AVAILABLE
      return DeviceFault::kGone;
    default:  // ERROR_CRC, ERROR_SECTOR_NOT_FOUND, ERROR_READ_FAULT, ERROR_GEN_FAILURE,
              // ERROR_SEM_TIMEOUT, ERROR_IO_DEVICE and whatever drivers invent
      return DeviceFault::kUnreadable;
  }
}

}  // namespace konseki
