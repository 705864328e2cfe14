// Schemas web.access and web.access_log.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kWebAccessSchema;
extern const RecordSchema kWebAccessLogSchema;

// Places of web.access, in the order of the schema.
enum WebAccessField : std::size_t {
  kAccessTime,
  kAccessClient,
  kAccessMethod,
  kAccessPath,
  kAccessQuery,
  kAccessStatus,
  kAccessBytes,
  kAccessReferer,
  kAccessUserAgent,
  kAccessUser,
  kAccessHost,
  kAccessProtocol,
  kAccessForwardedFor,
  kAccessDuration,
  kAccessTarget,
  kAccessLine,
  kAccessRaw,
  kAccessFieldCount,
};

}  // namespace konseki
