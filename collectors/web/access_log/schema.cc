#include "collectors/web/access_log/schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kAccessFields = std::to_array<FieldSpec>({
    {"time", FieldType::kTime, "When the server wrote it down", "Web Request"},
    {"client", FieldType::kText, "Address (or name) of the client"},
    {"method", FieldType::kText, "GET, POST, ..."},
    {"path", FieldType::kText, "Path of the target, percent-encoding removed once"},
    {"query", FieldType::kText, "Query of the target, percent-encoding removed once"},
    {"http_status", FieldType::kUint, "HTTP status of the answer"},
    {"bytes", FieldType::kUint, "Size of the answer in bytes"},
    {"referer", FieldType::kText, "Referer header"},
    {"user_agent", FieldType::kText, "User-Agent header"},
    {"user", FieldType::kText, "Account that the server authenticated"},
    {"host", FieldType::kText, "Site that was asked for"},
    {"protocol", FieldType::kText, "HTTP/1.1, ..."},
    {"forwarded_for", FieldType::kText, "X-Forwarded-For header: whoever a proxy says it was"},
    {"duration_microseconds", FieldType::kUint, "Time the server took"},
    {"target", FieldType::kText, "Target as sent, where decoding changed it"},
    {"line", FieldType::kUint, "Number of the line in the file, from 1"},
    {"raw", FieldType::kText, "The line itself, where it could not be read"},
});
static_assert(kAccessFields.size() == kAccessFieldCount);

constexpr auto kLogFields = std::to_array<FieldSpec>({
    {"format", FieldType::kText, "How its lines are read: the format string, or the W3C fields"},
    {"format_from", FieldType::kText, "configuration, content"},
    {"family", FieldType::kText, "The log without its number of rotation: what belongs together"},
    {"rotation", FieldType::kText, "Number or date of rotation; absent for the current file"},
    {"first", FieldType::kTime, "Earliest request", "First Web Request In Log"},
    {"last", FieldType::kTime, "Latest request", "Last Web Request In Log"},
    {"lines", FieldType::kUint, "Lines in the file"},
    {"requests", FieldType::kUint, "Lines that were read as a request"},
    {"unreadable", FieldType::kUint, "Lines that are of no known format"},
    {"clients", FieldType::kUint, "Distinct clients (counted up to 100,000)"},
    {"out_of_order", FieldType::kUint, "Requests more than a day older than one before them"},
});

}  // namespace

const RecordSchema kWebAccessSchema{"web.access", "Requests that web servers wrote down",
                                    kAccessFields};
const RecordSchema kWebAccessLogSchema{
    "web.access_log", "Which period each access log covers, and how it was read", kLogFields};

}  // namespace konseki
