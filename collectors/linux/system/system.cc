// The collector linux.system.
#include <array>
#include <memory>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/gap_tally.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/record_fields.h"
#include "collectors/linux/procfs/text.h"
#include "collectors/linux/system/system_facts.h"
#include "collectors/linux/system/system_schemas.h"
#include "konseki/collector.h"

namespace konseki {
namespace {

constexpr std::array<const RecordSchema*, 2> kSchemas{&kLinuxClockSchema, &kLinuxSystemSchema};

class LinuxSystem : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "linux.system",
        .os = OperatingSystem::kLinux,
        .volatility = Volatility::kSystem,
        .needs_privilege = false,
        .schemas = kSchemas,
        .description = {
            "Clock, time service, kernel, load, security modules and traces of tuning for "
            "mining",
            "時計、時刻同期、カーネル、負荷、セキュリティモジュール、マイニング向け調整の"
            "痕跡"}};
    return kInfo;
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    procfs::GapTally gaps;
    emit_clock(host, sink, gaps);
    emit_system(host.kernel(), sink);
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  static std::string value(FileSystem& kernel, std::string_view path) {
    return procfs::read_value(kernel, path).value_or("");
  }

  static void emit_clock(LiveHost& host, Sink& sink, procfs::GapTally& gaps) {
    FileSystem& kernel = host.kernel();
    Record record(kLinuxClockSchema);
    const auto clock = host.clock();
    if (clock) {
      record.set("now", clock->now);
      record.set("boot", clock->boot);
      procfs::set_text(record, "time_zone", clock->time_zone);
      record.set("utc_offset_seconds", std::int64_t{clock->utc_offset_seconds});
      if (clock->sync_known) {
        record.set("synchronised", clock->synchronised);
        record.set("estimated_error_microseconds", clock->estimated_error_microseconds);
      }
    } else {
      gaps.add("clock", "clock", clock.error());
      record.status = ParseStatus::kPartial;
      record.note = "the system clock could not be asked";
    }
    // Read-only attributes; asking does not set the clock.
    const auto hardware =
        parse_number<std::int64_t>(value(kernel, "sys/class/rtc/rtc0/since_epoch"));
    if (hardware) record.set("hardware_clock", Timestamp::from_unix(*hardware));
    if (const auto local = system_state::hardware_clock_is_local(kernel)) {
      record.set("hardware_clock_local", *local);
    }
    if (const auto service = system_state::time_service(kernel)) {
      record.set("service", service->name);
      record.set("last_synchronised", service->last);
      record.set("last_synchronised_evidence", service->evidence);
    }
    sink.emit(std::move(record));
  }

  static void set_load(FileSystem& kernel, Record& record) {
    const std::string load = value(kernel, "proc/loadavg");
    std::string_view rest = load;
    for (const std::string_view field : {"load_1", "load_5", "load_15"}) {
      if (const auto number = procfs::parse_decimal(procfs::next_field(rest))) {
        record.set(field, *number);
      }
    }
    const std::string uptime = value(kernel, "proc/uptime");
    std::string_view seconds = uptime;
    seconds = procfs::next_part(seconds, '.');
    procfs::set_uint(record, "uptime_seconds", parse_number<std::uint64_t>(seconds));
  }

  static std::string configured_selinux(FileSystem& kernel) {
    const auto file = procfs::read_regular_file(kernel, "etc/selinux/config");
    std::string_view rest = file ? std::string_view(file->text) : std::string_view();
    while (!rest.empty()) {
      std::string_view line = procfs::next_part(rest, '\n');
      if (procfs::trim(procfs::next_part(line, '=')) == "SELINUX") {
        return std::string(procfs::unquote(line));
      }
    }
    return {};
  }

  static void set_security(FileSystem& kernel, Record& record, std::vector<std::string>& signs) {
    const std::string enforce = value(kernel, "sys/fs/selinux/enforce");
    const std::string selinux = enforce.empty()  ? "absent"
                                : enforce == "1" ? "enforcing"
                                                 : "permissive";
    record.set("selinux", selinux);
    const std::string configured = configured_selinux(kernel);
    procfs::set_text(record, "selinux_configured", configured);
    if (configured == "enforcing" && selinux != "enforcing") {
      signs.emplace_back("selinux_off_against_configuration");
    }
    const std::string apparmor = value(kernel, "sys/module/apparmor/parameters/enabled");
    record.set("apparmor", std::string(apparmor.empty()  ? "absent"
                                       : apparmor == "Y" ? "enabled"
                                                         : "disabled"));
    if (const auto profiles = system_state::apparmor_profiles(kernel)) {
      record.set("apparmor_enforced", profiles->enforced);
      record.set("apparmor_complaining", profiles->complaining);
    }
    procfs::set_text(record, "security_modules", value(kernel, "sys/kernel/security/lsm"));
  }

  static void set_mining_traces(FileSystem& kernel, Record& record,
                                std::vector<std::string>& signs) {
    const auto huge_pages = system_state::reserved_huge_pages(kernel);
    procfs::set_uint(record, "huge_pages", huge_pages);
    if (huge_pages.value_or(0) > 0) signs.emplace_back("huge_pages_reserved");
    record.set("msr_module", kernel.stat("sys/module/msr").has_value());
    const std::string writes = value(kernel, "sys/module/msr/parameters/allow_writes");
    procfs::set_text(record, "msr_writes", writes);
    if (writes == "on") signs.emplace_back("msr_writes_allowed");
  }

  static void emit_system(FileSystem& kernel, Sink& sink) {
    Record record(kLinuxSystemSchema);
    record.source.path = "/proc";
    procfs::set_text(record, "kernel_release", value(kernel, "proc/sys/kernel/osrelease"));
    procfs::set_text(record, "kernel_version", value(kernel, "proc/version"));
    procfs::set_text(record, "command_line", value(kernel, "proc/cmdline"));
    procfs::set_text(record, "hostname", value(kernel, "proc/sys/kernel/hostname"));
    const std::string domain = value(kernel, "proc/sys/kernel/domainname");
    if (domain != "(none)") procfs::set_text(record, "domain", domain);
    procfs::set_text(record, "boot_id", value(kernel, "proc/sys/kernel/random/boot_id"));
    set_load(kernel, record);
    procfs::set_uint(record, "processors",
                     system_state::count_of_list(value(kernel, "sys/devices/system/cpu/online")));
    if (const auto meminfo = procfs::read_pseudo_file(kernel, "proc/meminfo")) {
      procfs::set_uint(record, "memory_total",
                       system_state::memory_value(meminfo->text, "MemTotal"));
      procfs::set_uint(record, "memory_available",
                       system_state::memory_value(meminfo->text, "MemAvailable"));
    }
    std::vector<std::string> signs;
    set_mining_traces(kernel, record, signs);
    set_security(kernel, record, signs);
    procfs::set_text(record, "vendor", value(kernel, "sys/class/dmi/id/sys_vendor"));
    procfs::set_text(record, "product", value(kernel, "sys/class/dmi/id/product_name"));
    procfs::set_text(record, "inside_container", system_state::inside_container(kernel));
    procfs::set_list(record, "signs", std::move(signs));
    sink.emit(std::move(record));
  }
};

}  // namespace

std::unique_ptr<Collector> make_linux_system() { return std::make_unique<LinuxSystem>(); }

}  // namespace konseki
