// The collector linux.kernel.
#include <array>
#include <memory>

#include "agent/base/parse_number.h"
#include "collectors/linux/kernel/kernel_helpers.h"
#include "collectors/linux/kernel/kernel_schemas.h"
#include "collectors/linux/kernel/module_list.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/record_fields.h"
#include "collectors/linux/procfs/text.h"
#include "konseki/collector.h"
#include "konseki/persistence.h"

namespace konseki {
namespace {

using kernel::Module;
using kernel::ModuleList;

constexpr std::array<const RecordSchema*, 3> kSchemas{&kLinuxKernelModuleSchema,
                                                      &kLinuxSysctlSchema, &kPersistenceSchema};

struct Setting {
  std::string_view name;
  std::string_view path;
};

// Each weakens or hides something when set, or names what the kernel runs.
constexpr auto kSettings = std::to_array<Setting>({
    {"kernel.tainted", "proc/sys/kernel/tainted"},
    {"kernel.modules_disabled", "proc/sys/kernel/modules_disabled"},
    {"kernel.kexec_load_disabled", "proc/sys/kernel/kexec_load_disabled"},
    {"kernel.kptr_restrict", "proc/sys/kernel/kptr_restrict"},
    {"kernel.dmesg_restrict", "proc/sys/kernel/dmesg_restrict"},
    {"kernel.randomize_va_space", "proc/sys/kernel/randomize_va_space"},
    {"kernel.unprivileged_bpf_disabled", "proc/sys/kernel/unprivileged_bpf_disabled"},
    {"kernel.unprivileged_userns_clone", "proc/sys/kernel/unprivileged_userns_clone"},
    {"kernel.perf_event_paranoid", "proc/sys/kernel/perf_event_paranoid"},
    {"kernel.yama.ptrace_scope", "proc/sys/kernel/yama/ptrace_scope"},
    {"kernel.core_pattern", "proc/sys/kernel/core_pattern"},
    {"kernel.modprobe", "proc/sys/kernel/modprobe"},
    {"kernel.sysrq", "proc/sys/kernel/sysrq"},
    {"kernel.ftrace_enabled", "proc/sys/kernel/ftrace_enabled"},
    {"fs.suid_dumpable", "proc/sys/fs/suid_dumpable"},
    {"fs.protected_symlinks", "proc/sys/fs/protected_symlinks"},
    {"fs.protected_hardlinks", "proc/sys/fs/protected_hardlinks"},
    {"net.core.bpf_jit_enable", "proc/sys/net/core/bpf_jit_enable"},
    {"net.ipv4.ip_forward", "proc/sys/net/ipv4/ip_forward"},
    {"net.ipv6.conf.all.forwarding", "proc/sys/net/ipv6/conf/all/forwarding"},
    {"vm.nr_hugepages", "proc/sys/vm/nr_hugepages"},
    {"lockdown", "sys/kernel/security/lockdown"},
    {"module.sig_enforce", "sys/module/module/parameters/sig_enforce"},
    {"kprobes.enabled", "sys/kernel/debug/kprobes/enabled"},
});

class LinuxKernel : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "linux.kernel",
        .os = OperatingSystem::kLinux,
        .volatility = Volatility::kKernel,
        .needs_privilege = false,
        .schemas = kSchemas,
        .description = {
            "Kernel modules, hidden ones included, kernel settings and the programs that "
            "the kernel starts",
            "カーネルモジュール（隠されたものを含む）、カーネル設定、カーネルが起動する"
            "プログラム"}};
    return kInfo;
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    FileSystem& kernel = host.kernel();
    procfs::GapTally gaps;
    emit_modules(kernel, sink, gaps);
    for (const Setting& setting : kSettings) emit_setting(kernel, setting, sink, gaps);
    for (const PersistenceEntry& helper : kernel::read_kernel_helpers(kernel, gaps)) {
      Record record = helper.to_record();
      record.source.path = helper.location;
      sink.emit(std::move(record));
    }
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  static void emit_modules(FileSystem& kernel, Sink& sink, procfs::GapTally& gaps) {
    const auto list = kernel::read_modules(kernel);
    if (!list) {
      gaps.add("/proc/modules", "/proc/modules", list.error());
      return;
    }
    const bool comparable = list->has_proc_modules && list->has_sysfs;
    std::optional<ModuleList> again;  // read only when the views differ
    for (const auto& [name, module] : list->modules) {
      const Module* seen = &module;
      if (comparable && module.in_proc_modules != module.in_sysfs) {
        // Modules come and go: only a difference that lasts is told.
        if (!again) {
          auto second = kernel::read_modules(kernel);
          again = second ? std::move(*second) : *list;
        }
        const auto now = again->modules.find(name);
        if (now == again->modules.end()) continue;
        seen = &now->second;
      }
      sink.emit(record_of(*seen, comparable));
    }
  }

  static Record record_of(const Module& module, bool comparable) {
    Record record(kLinuxKernelModuleSchema);
    record.source.path = module.in_proc_modules ? "/proc/modules" : "/sys/module/" + module.name;
    record.set("name", module.name);
    procfs::set_uint(record, "size", module.size);
    procfs::set_uint(record, "references", module.references);
    procfs::set_list(record, "used_by", module.used_by);
    procfs::set_text(record, "state", module.state);
    procfs::set_text(record, "version", module.version);
    procfs::set_text(record, "source_version", module.source_version);
    procfs::set_text(record, "taint", module.taint);
    record.set("out_of_tree", module.taint.find('O') != std::string::npos);
    record.set("unsigned", module.taint.find('E') != std::string::npos);
    record.set("in_proc_modules", module.in_proc_modules);
    record.set("in_sysfs", module.in_sysfs);
    if (comparable && !module.in_proc_modules) {
      record.set("signs", std::vector<std::string>{"hidden_from_proc_modules"});
    } else if (comparable && !module.in_sysfs) {
      record.set("signs", std::vector<std::string>{"hidden_from_sysfs"});
    }
    return record;
  }

  static void emit_setting(FileSystem& kernel, const Setting& setting, Sink& sink,
                           procfs::GapTally& gaps) {
    const auto value = procfs::read_value(kernel, setting.path);
    if (!value) {
      gaps.add("kernel settings", "/" + std::string(setting.path), value.error());
      return;
    }
    Record record(kLinuxSysctlSchema);
    record.source.path = "/" + std::string(setting.path);
    record.set("name", std::string(setting.name));
    record.set("value", *value);
    if (setting.name == "kernel.tainted") {
      const auto bits = parse_number<std::uint64_t>(*value);
      if (bits) procfs::set_list(record, "meaning", kernel::taint_reasons(*bits));
    }
    sink.emit(std::move(record));
  }
};

}  // namespace

std::unique_ptr<Collector> make_linux_kernel() { return std::make_unique<LinuxKernel>(); }

}  // namespace konseki
