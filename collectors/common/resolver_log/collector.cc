// common.resolver_log: names that the resolvers of this host were asked for, by whom and when.
#include "konseki/collector.h"

#include "agent/base/line_reader.h"
#include "collectors/common/logs/log_coverage.h"
#include "collectors/common/logs/syslog_line.h"
#include "collectors/common/resolver_log/query_joiner.h"
#include "collectors/common/resolver_log/resolver_line.h"
#include "collectors/common/resolver_log/schema.h"

namespace konseki {
namespace {

// The debug log of the DNS server of Windows, wherever its administrator put it.
bool is_windows_dns_log(const FileItem& file) {
  return file.volume.style == PathStyle::kWindows && log_name(file.path).starts_with("dns") &&
         log_name(file.path).ends_with(".log");
}

bool is_resolver_log(std::string_view path) {
  const std::string name = log_name(path);
  const auto holds = [&](std::string_view part) { return name.find(part) != std::string::npos; };
  if (name.ends_with(".jnl") || name.ends_with(".db") || name.ends_with(".sock")) return false;
  const bool log = holds("log");
  return log && (holds("dnsmasq") || holds("unbound") || holds("named") || holds("bind") ||
                 holds("pihole") || holds("querylog") || holds("query.log") || holds("query_log") ||
                 holds("queries") || holds("resolved"));
}

class LogRun {
 public:
  LogRun(const FileItem& file, const LogZone& zone, const RecordEmitter& emit)
      : clock_(zone),
        coverage_(file.path, "dns"),
        joiner_(emit),
        emit_(emit),
        windows_(is_windows_dns_log(file)) {}

  Result<void> run(const FileItem& file, ByteReader& content) {
    if (windows_) {
      learn_date_order(content);
    } else {
      clock_.learn_years_from(file, content);
    }
    const Result<void> damage = each_line(content, [&](const TextLine& line) {
      take(line);
      return true;
    });
    joiner_.finish();
    if (coverage_.entries() > 0 || !damage) coverage_.emit(damage, clock_, emit_);
    return {};
  }

 private:
  void take(const TextLine& line) {
    coverage_.line();
    const auto found = windows_ ? read_windows_dns_line(line.text, order_, clock_)
                                : read_resolver_line(line.text, clock_);
    if (!found) return;
    coverage_.read(found->time, found->resolver);
    joiner_.add(*found, coverage_.lines(), {line.offset, line.length});
  }

  // All lines of a log write dates alike; the first that can be read in one way only tells.
  void learn_date_order(ByteReader& content) {
    // Damage is told of when the log itself is read.
    (void)each_line(
        content,
        [&](const TextLine& line) {
          order_ = windows_date_order(line.text);
          return order_ == DateOrder::kUnknown;
        },
        64);
    if (order_ == DateOrder::kUnknown) order_ = DateOrder::kMonthFirst;
  }

  LogClock clock_;
  LogCoverage coverage_;
  QueryJoiner joiner_;
  const RecordEmitter& emit_;
  const bool windows_;
  DateOrder order_ = DateOrder::kUnknown;
};

class ResolverLogCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kDnsQuerySchema, &kLogCoverageSchema};
    static const CollectorInfo kInfo{
        "common.resolver_log",
        OperatingSystem::kUnknown,
        Volatility::kFile,
        false,
        kSchemas,
        {"Queries in the logs of dnsmasq, unbound, BIND, systemd-resolved and the DNS server of "
         "Windows",
         "dnsmasq・unbound・BIND・systemd-resolved・Windows DNS サーバーのログに残る名前解決"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { zone_ = LogZone::of(context.host); }

  bool wants(const FileItem& file) const override {
    if (!file.stream.empty() || file.entry.type != FileType::kRegular) return false;
    return is_resolver_log(file.path) || is_system_log(file.path) || is_windows_dns_log(file);
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    return LogRun(file, zone_, emit).run(file, content);
  }

 private:
  LogZone zone_;
};

}  // namespace

std::unique_ptr<Collector> make_common_resolver_log() {
  return std::make_unique<ResolverLogCollector>();
}

}  // namespace konseki
