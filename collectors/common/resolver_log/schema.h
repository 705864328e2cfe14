// Schema dns.query: names that resolvers were asked for.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kDnsQuerySchema;

// Places of dns.query, in the order of the schema.
enum DnsQueryField : std::size_t {
  kDnsTime,
  kDnsName,
  kDnsType,
  kDnsClient,
  kDnsAnswers,
  kDnsServers,
  kDnsResult,
  kDnsKind,
  kDnsResolver,
  kDnsLine,
  kDnsFieldCount,
};

}  // namespace konseki
