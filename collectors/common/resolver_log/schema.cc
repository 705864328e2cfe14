#include "collectors/common/resolver_log/schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"time", FieldType::kTime, "When it was asked, or told", "DNS Query"},
    {"name", FieldType::kText, "Name that was asked for, without the dot at its end"},
    {"type", FieldType::kText, "A, AAAA, TXT, ..."},
    {"client", FieldType::kText, "Address of who asked"},
    {"answers", FieldType::kTextList, "Addresses and names that the answer held, as far as logged"},
    {"servers", FieldType::kTextList, "Servers that the resolver asked in turn"},
    {"result", FieldType::kText, "NOERROR, NXDOMAIN, ...; blocked; cached"},
    {"kind", FieldType::kText, "query; reply or forwarded where the log lacks the question"},
    {"resolver", FieldType::kText, "dnsmasq, unbound, named, systemd-resolved, windows-dns"},
    {"line", FieldType::kUint, "Number of the line in the file, from 1"},
});
static_assert(kFields.size() == kDnsFieldCount);

}  // namespace

const RecordSchema kDnsQuerySchema{"dns.query", "Names that resolvers were asked for", kFields};

}  // namespace konseki
