// common.firewall_log: packets and connections that the host's firewall wrote down.
#include "konseki/collector.h"

#include "agent/base/line_reader.h"
#include "agent/base/unicode.h"
#include "collectors/common/firewall_log/packet_line.h"
#include "collectors/common/firewall_log/schema.h"
#include "collectors/common/logs/log_coverage.h"
#include "collectors/common/logs/syslog_line.h"

namespace konseki {
namespace {

bool is_windows_firewall_log(std::string_view path) {
  const std::string folded = fold_case(path);
  return log_name(path).starts_with("pfirewall.log") ||
         (folded.find("/logfiles/firewall/") != std::string::npos &&
          log_name(path).find(".log") != std::string::npos);
}

bool is_netfilter_log(std::string_view path) {
  const std::string name = log_name(path);
  const auto holds = [&](std::string_view part) { return name.find(part) != std::string::npos; };
  return is_system_log(path) || holds("ufw") || holds("iptables") || holds("nftables") ||
         holds("netfilter") || holds("firewall") || holds("ulogd");
}

class LogRun {
 public:
  LogRun(const FileItem& file, const LogZone& zone, const RecordEmitter& emit)
      : clock_(zone),
        coverage_(file.path, "firewall"),
        emit_(emit),
        windows_(is_windows_firewall_log(file.path)) {}

  Result<void> run(const FileItem& file, ByteReader& content) {
    if (!windows_) clock_.learn_years_from(file, content);
    const Result<void> damage = each_line(content, [&](const TextLine& line) {
      take(line);
      return true;
    });
    const bool any = coverage_.entries() > 0 || (windows_ && log_.has_fields());
    if (any || !damage) coverage_.emit(damage, clock_, emit_);
    return {};
  }

 private:
  void take(const TextLine& line) {
    coverage_.line();
    if (windows_ && (line.text.empty() || log_.take_directive(line.text))) return;
    const auto found =
        windows_ ? log_.read(line.text, clock_) : read_netfilter_line(line.text, clock_);
    if (found) {
      coverage_.read(found->time, windows_ ? "pfirewall" : "netfilter");
      tell(*found, line);
    } else if (windows_) {
      coverage_.unreadable();
    }
  }

  static void set(Record& record, FirewallPacketField field, std::string_view text) {
    if (!text.empty()) record.set_at(field, bounded_text(text));
  }
  template <class Number>
  static void set(Record& record, FirewallPacketField field, std::optional<Number> number) {
    if (number) record.set_at(field, std::uint64_t{*number});
  }

  void tell(const PacketLine& found, const TextLine& line) {
    Record record(kFirewallPacketSchema);
    if (found.time) record.set_at(kPacketTime, *found.time);
    set(record, kPacketAction, found.action);
    set(record, kPacketDirection, found.direction);
    set(record, kPacketProtocol, fold_case(found.protocol));
    set(record, kPacketSource, found.source);
    set(record, kPacketSourcePort, found.source_port);
    set(record, kPacketDestination, found.destination);
    set(record, kPacketDestinationPort, found.destination_port);
    set(record, kPacketRule, found.rule);
    set(record, kPacketIn, found.in);
    set(record, kPacketOut, found.out);
    set(record, kPacketSize, found.size);
    set(record, kPacketFlags, found.flags);
    set(record, kPacketUid, found.uid);
    set(record, kPacketPid, found.pid);
    set(record, kPacketPath, found.path);
    record.set_at(kPacketLine, coverage_.lines());
    record.source.range = ByteRange{line.offset, line.length};
    emit_(std::move(record));
  }

  LogClock clock_;
  LogCoverage coverage_;
  WindowsFirewallLog log_;
  const RecordEmitter& emit_;
  const bool windows_;
};

class FirewallLogCollector : public Collector {
 public:
  const CollectorInfo& info() const override {
    static constexpr const RecordSchema* kSchemas[] = {&kFirewallPacketSchema, &kLogCoverageSchema};
    static const CollectorInfo kInfo{
        "common.firewall_log",
        OperatingSystem::kUnknown,
        Volatility::kFile,
        false,
        kSchemas,
        {"Packets in the logs of iptables, nftables, ufw and the firewall of Windows",
         "iptables・nftables・ufw・Windows ファイアウォールのログに残る通信"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override { zone_ = LogZone::of(context.host); }

  bool wants(const FileItem& file) const override {
    if (!file.stream.empty() || file.entry.type != FileType::kRegular) return false;
    if (is_windows_firewall_log(file.path)) return true;
    return file.volume.style != PathStyle::kWindows && is_netfilter_log(file.path) &&
           file.path.find("/log") != std::string_view::npos;
  }

  Result<void> parse(const FileItem& file, ByteReader& content,
                     const RecordEmitter& emit) override {
    return LogRun(file, zone_, emit).run(file, content);
  }

 private:
  LogZone zone_;
};

}  // namespace

std::unique_ptr<Collector> make_common_firewall_log() {
  return std::make_unique<FirewallLogCollector>();
}

}  // namespace konseki
