// The collector windows.dns_cache.
#include "konseki/collector.h"

#include <array>
#include <memory>

#include "collectors/live/record_fields.h"
#include "collectors/windows/dns_cache/dns_schema.h"
#include "collectors/windows/live/gap_tally.h"

namespace konseki {
namespace {

constexpr std::array<const RecordSchema*, 1> kSchemas{&kWindowsDnsCacheSchema};

// The IANA registry of DNS resource record types.
std::string type_name(std::uint16_t type) {
  switch (type) {
    case 1:
      return "A";
    case 2:
      return "NS";
    case 5:
      return "CNAME";
    case 6:
      return "SOA";
    case 12:
      return "PTR";
    case 15:
      return "MX";
    case 16:
      return "TXT";
    case 28:
      return "AAAA";
    case 33:
      return "SRV";
    case 65:
      return "HTTPS";
    default:
      return "type_" + std::to_string(type);
  }
}

class WindowsDnsCache : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{.name = "windows.dns_cache",
                                     .os = OperatingSystem::kWindows,
                                     .volatility = Volatility::kNetwork,
                                     .needs_privilege = false,
                                     .schemas = kSchemas,
                                     .description = {"Names in the DNS cache and their answers",
                                                     "DNS キャッシュ内の名前とその回答"}};
    return kInfo;
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    KONSEKI_ASSIGN(WindowsState * state, windows::windows_state_of(host));
    windows::GapTally gaps;
    KONSEKI_ASSIGN(const auto entries, state->dns_cache(gaps.withheld()));
    for (const WindowsDnsEntry& entry : entries) {
      Record record(kWindowsDnsCacheSchema);
      record.source.path = "live/dns_cache";
      record.set("name", entry.name);
      record.set("type", type_name(entry.type));
      live::set_list(record, "data", entry.data);
      live::set_uint(record, "seconds_left", entry.seconds_left);
      sink.emit(std::move(record));
    }
    gaps.flush(sink, host.privileged());
    return {};
  }
};

}  // namespace

std::unique_ptr<Collector> make_windows_dns_cache() { return std::make_unique<WindowsDnsCache>(); }

}  // namespace konseki
