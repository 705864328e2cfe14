#include "collectors/windows/dns_cache/dns_schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "Name that was looked up"},
    {"type", FieldType::kText, "A, AAAA, CNAME, PTR, ...; type_<n> for others"},
    {"data", FieldType::kTextList,
     "Answers in the cache: addresses and names; absent when it holds none (a failed look-up, or "
     "one that ran out)"},
    {"seconds_left", FieldType::kUint, "Until the first of them runs out"},
});

}  // namespace

const RecordSchema kWindowsDnsCacheSchema{"windows.dns_cache", "A name in the resolver's cache",
                                          kFields};

}  // namespace konseki
