#include "collectors/common/proxy_log/schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"time", FieldType::kTime, "When the request ended", "Proxy Request"},
    {"client", FieldType::kText, "Address of who asked"},
    {"method", FieldType::kText, "GET, CONNECT, ..."},
    {"url", FieldType::kText, "What was asked for; of tunnels HOST:PORT"},
    {"destination_host", FieldType::kText, "Host of it"},
    {"destination_port", FieldType::kUint, "Port of it, where stated"},
    {"destination_address", FieldType::kText, "Server that the proxy asked in turn"},
    {"http_status", FieldType::kUint, "HTTP status of the answer"},
    {"result", FieldType::kText, "What the proxy did: TCP_MISS, TCP_DENIED, TCP_TUNNEL, ..."},
    {"bytes", FieldType::kUint, "Bytes sent to the client"},
    {"duration_microseconds", FieldType::kUint, "Time it took"},
    {"user", FieldType::kText, "Account that the proxy knew"},
    {"mime_type", FieldType::kText, "Kind of the content"},
    {"referer", FieldType::kText, "Referer header"},
    {"user_agent", FieldType::kText, "User-Agent header"},
    {"line", FieldType::kUint, "Number of the line in the file, from 1"},
    {"raw", FieldType::kText, "The line itself, where it could not be read"},
});
static_assert(kFields.size() == kProxyFieldCount);

}  // namespace

const RecordSchema kProxyRequestSchema{"proxy.request", "What clients fetched through a proxy",
                                       kFields};

}  // namespace konseki
