#include "agent/share/block_list.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

const Timestamp kTaken = Timestamp::from_unix(1'700'000'000);

BlockEntry entry(std::string type, std::string value, std::uint16_t port = 0) {
  BlockEntry out;
  out.value = {std::move(type), std::move(value), port};
  out.indicator = "i";
  out.count = 1;
  return out;
}

void fill(BlockList& list) {
  list.add(entry("domain-name", "evil.example"));
  list.add(entry("domain-name", "evil.example", 8443));
  list.add(entry("domain-name", "cdn.example"));
  list.add(entry("domain-name", "printer.local"));
  list.add(entry("domain-name", "a..b"));
  list.add(entry("domain-name", "x.example. IN A 1\nevil"));
  list.add(entry("ip-address", "203.0.113.9"));
  list.add(entry("ip-address", "2001:db8::9"));
  list.add(entry("ip-address", "192.168.1.1"));
  list.add(entry("ip-network", "203.0.113.0/24"));
  list.add(entry("ip-network", "0.0.0.0/0"));
  list.add(entry("ip-network", "0.0.0.0/1"));
  list.add(entry("url", "http://evil.example/a,b"));
  list.add(entry("sha256", "ab"));
}

WarningSet warnings() {
  WarningSet out;
  out.add({"CDNs", {}, {}, WarninglistType::kHostname, {}, {"cdn.example"}});
  return out;
}

TEST(BlockList, PlainHasEachValueOnce) {
  const WarningSet warned = warnings();
  BlockList list(BlockListFormat::kPlain, warned, {});
  fill(list);
  EXPECT_EQ(list.text(kTaken),
            "a..b\nevil.example\n2001:db8::9\n203.0.113.9\n203.0.113.0/24\n"
            "http://evil.example/a,b\n");
  EXPECT_EQ(list.held_down(), 1U);
  EXPECT_EQ(list.reserved(), 4U) << "printer.local, 192.168.1.1 and two that are far too wide";
  EXPECT_EQ(list.not_of_form(), 2U) << "the line break and the digest";
}

TEST(BlockList, KindsNarrowIt) {
  const WarningSet warned = warnings();
  BlockList list(BlockListFormat::kPlain, warned, {"sha256", "url"});
  fill(list);
  EXPECT_EQ(list.text(kTaken), "ab\nhttp://evil.example/a,b\n");
}

TEST(BlockList, ZonesHoldNamesWithAllBelowAndAddresses) {
  const WarningSet warned = warnings();
  BlockList list(BlockListFormat::kRpz, warned, {});
  fill(list);
  EXPECT_EQ(list.text(kTaken),
            "$TTL 300\n"
            "@ IN SOA localhost. hostmaster.localhost. (1700000000 3600 600 604800 300)\n"
            "@ IN NS localhost.\n"
            "evil.example CNAME .\n*.evil.example CNAME .\n"
            "128.9.0.0.0.0.0.db8.2001.rpz-ip CNAME .\n"
            "32.9.113.0.203.rpz-ip CNAME .\n"
            "24.0.113.0.203.rpz-ip CNAME .\n");
}

TEST(BlockList, HostsFilesHoldNamesOnly) {
  const WarningSet warned;
  BlockList list(BlockListFormat::kHosts, warned, {});
  fill(list);
  EXPECT_EQ(list.text(kTaken), "0.0.0.0 cdn.example\n0.0.0.0 evil.example\n");
}

TEST(BlockList, TablesSayAllAndCarryNoFormula) {
  const WarningSet warned;
  BlockList list(BlockListFormat::kCsv, warned, {"domain-name"});
  BlockEntry first = entry("domain-name", "evil.example", 8443);
  first.name = "=cmd()";
  first.first_seen = Timestamp::from_unix(10);
  BlockEntry second = first;
  second.first_seen = Timestamp::from_unix(5);
  second.count = 4;
  list.add(first);
  list.add(second);
  EXPECT_EQ(list.text(kTaken),
            "\xEF\xBB\xBFtype,value,port,count,first_seen,last_seen,indicator,name,technique,"
            "marking,source\r\n"
            "domain-name,evil.example,8443,5,1970-01-01T00:00:05.000000000Z,,i,'=cmd(),,,\r\n");
}

}  // namespace
}  // namespace konseki
