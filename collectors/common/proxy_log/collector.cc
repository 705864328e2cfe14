// common.proxy_log: what clients fetched through a proxy.
#include "konseki/collector.h"

#include "agent/base/line_reader.h"
#include "agent/base/unicode.h"
#include "agent/base/url_host.h"
#include "collectors/common/logs/log_coverage.h"
#include "collectors/common/logs/log_family.h"
#include "collectors/common/logs/syslog_line.h"
#include "collectors/common/proxy_log/proxy_line.h"
#include "collectors/common/proxy_log/schema.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostCorruptRecords = 100;
constexpr std::size_t kMostRaw = 1024;

class LogRun {
 public:
  LogRun(const FileItem& file, const LogZone& zone, const RecordEmitter& emit)
      : clock_(zone), coverage_(file.path, "proxy"), emit_(emit) {}

  Result<void> run(ByteReader& content) {
    const Result<void> damage = each_line(content, [&](const TextLine& line) {
      take(line);
      return true;
    });
    if (coverage_.lines() > 0 || !damage) coverage_.emit(damage, clock_, emit_);
    return {};
  }

 private:
  void take(const TextLine& line) {
    coverage_.line();
    if (line.text.empty()) return;
    if (const auto found = read_proxy_line(line.text, access_clock_)) {
      coverage_.read(found->request.time, found->format);
      tell(*found, line);
    } else {
      refuse(line);
    }
  }

  static void set(Record& record, ProxyRequestField field, std::string_view text) {
    if (!text.empty()) record.set_at(field, bounded_text(text));
  }

  void tell(const ProxyLine& found, const TextLine& line) {
    const AccessLine& request = found.request;
    Record record(kProxyRequestSchema);
    if (request.time) record.set_at(kProxyTime, *request.time);
    set(record, kProxyClient, request.client);
    set(record, kProxyMethod, request.method);
    set(record, kProxyUrl, request.target);
    const UrlHost host = host_of_url(request.target);
    set(record, kProxyHost, host.host);
    if (host.port != 0) record.set_at(kProxyPort, std::uint64_t{host.port});
    set(record, kProxyPeer, found.peer);
    if (request.status) record.set_at(kProxyStatus, std::uint64_t{*request.status});
    set(record, kProxyResult, found.result);
    if (request.bytes) record.set_at(kProxyBytes, *request.bytes);
    if (request.duration_microseconds) {
      record.set_at(kProxyDuration, *request.duration_microseconds);
    }
    set(record, kProxyUser, request.user);
    set(record, kProxyMimeType, found.mime_type);
    set(record, kProxyReferer, request.referer);
    set(record, kProxyUserAgent, request.user_agent);
    record.set_at(kProxyLine, coverage_.lines());
    record.source.range = ByteRange{line.offset, line.length};
    if (line.cut) {
      record.status = ParseStatus::kPartial;
      record.note = "the line is longer than is read";
    }
    emit_(std::move(record));
  }

  void refuse(const TextLine& line) {
    coverage_.unreadable();
    if (coverage_.unreadables() > kMostCorruptRecords) return;
    Record record(kProxyRequestSchema);
    record.set_at(kProxyLine, coverage_.lines());
    record.set_at(kProxyRaw, std::string(line.text.substr(0, kMostRaw)));
    record.source.range = ByteRange{line.offset, line.length};
    record.status = ParseStatus::kCorrupt;
    record.note = "the line is of no known format of a proxy";
    emit_(std::move(record));
  }

  LogClock clock_;
  AccessClock access_clock_;
  LogCoverage coverage_;
  const RecordEmitter& emit_;
};

class ProxyLogCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kProxyRequestSchema, &kLogCoverageSchema};
    static const CollectorInfo kInfo{"common.proxy_log",
                                     OperatingSystem::kUnknown,
                                     Volatility::kFile,
                                     false,
                                     kSchemas,
                                     {"Requests in the access logs of the Squid proxy",
                                      "プロキシ Squid のアクセスログに残るリクエスト"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { zone_ = LogZone::of(context.host); }

  bool wants(const FileItem& file) const override {
    return file.stream.empty() && file.entry.type == FileType::kRegular &&
           is_proxy_access_log(file.path);
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    return LogRun(file, zone_, emit).run(content);
  }

 private:
  LogZone zone_;
};

}  // namespace

std::unique_ptr<Collector> make_common_proxy_log() { return std::make_unique<ProxyLogCollector>(); }

}  // namespace konseki
