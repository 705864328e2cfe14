// Schema proxy.request: what clients fetched through a proxy.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kProxyRequestSchema;

// Places of proxy.request, in the order of the schema.
enum ProxyRequestField : std::size_t {
  kProxyTime,
  kProxyClient,
  kProxyMethod,
  kProxyUrl,
  kProxyHost,
  kProxyPort,
  kProxyPeer,
  kProxyStatus,
  kProxyResult,
  kProxyBytes,
  kProxyDuration,
  kProxyUser,
  kProxyMimeType,
  kProxyReferer,
  kProxyUserAgent,
  kProxyLine,
  kProxyRaw,
  kProxyFieldCount,
};

}  // namespace konseki
