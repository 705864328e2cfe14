// The collector linux.processes.
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>

#include "collectors/linux/processes/hidden_processes.h"
#include "collectors/linux/processes/process_facts.h"
#include "collectors/linux/processes/process_reader.h"
#include "collectors/linux/processes/process_schema.h"
#include "collectors/linux/procfs/gap_tally.h"
#include "collectors/linux/procfs/mount_info.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/record_fields.h"
#include "collectors/linux/procfs/user_names.h"
#include "konseki/collector.h"

namespace konseki {
namespace {

using processes::ExeState;
using processes::HostView;
using processes::ProcessFacts;
using procfs::ProcessId;
using procfs::set_list;
using procfs::set_text;
using procfs::set_uint;

// Bounds what is remembered; beyond it a program may be handed over more than once.
constexpr std::size_t kMaxCopies = 65536;

constexpr std::array<const RecordSchema*, 1> kSchemas{&kLinuxProcessSchema};

std::string_view seccomp_name(std::uint64_t mode) {
  if (mode == 0) return "off";
  return mode == 1 ? "strict" : "filter";
}

class LinuxProcesses : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "linux.processes",
        .os = OperatingSystem::kLinux,
        .volatility = Volatility::kProcess,
        .needs_privilege = true,
        .schemas = kSchemas,
        .description = {"Running processes, hidden ones included, and copies of programs that were "
                        "deleted or run from memory",
                        "実行中のプロセス（隠されたものを含む）と、削除済みまたはメモリ上だけの実行"
                        "ファイルの写し"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    users_ = procfs::UserNames(context.host.users);
    include_environment_ = context.include_environment;
  }

  Result<void> observe(LiveHost& host, Sink& sink) override;

 private:
  void look_at(ProcessId pid, bool hidden, processes::ProcessReader& reader, LiveHost& host,
               Sink& sink);
  void read_host_view(FileSystem& kernel, processes::ProcessReader& reader);
  // Where the copy of the process's program lies; empty when none is needed or none could be had.
  std::string copy_program(const ProcessFacts& facts, FileSystem& kernel, Sink& sink);
  void set_identity(Record& record, const ProcessFacts& facts) const;
  void set_surroundings(Record& record, const ProcessFacts& facts) const;
  Record record_of(const ProcessFacts& facts) const;

  procfs::UserNames users_;
  bool include_environment_ = false;
  std::optional<std::int64_t> boot_seconds_;
  HostView host_view_;
  std::set<ProcessId> covered_;                // something is mounted over them
  std::map<std::string, std::string> copied_;  // identity of a program -> path of its copy
};

void LinuxProcesses::read_host_view(FileSystem& kernel, processes::ProcessReader& reader) {
  if (const auto text = procfs::read_pseudo_file(kernel, "proc/2/stat")) {
    const auto stat = procfs::parse_process_stat(text->text);
    host_view_.sees_kernel_threads = stat && stat->kernel_thread();
  }
  // Kernel threads live in the first namespaces, and unlike process 1 never refuse to tell.
  host_view_.init = reader.read_namespaces(host_view_.sees_kernel_threads ? 2 : 1);
  // The line is far down on machines with many processors and interrupts.
  const auto boot = procfs::for_each_line(kernel, "proc/stat", [this](std::string_view line) {
    boot_seconds_ = procfs::parse_boot_time(line);
    return !boot_seconds_;
  });
  const auto mounts =
      procfs::for_each_line(kernel, "proc/self/mountinfo", [this](std::string_view line) {
        if (const auto mount = procfs::parse_mount_info(line)) {
          if (const auto pid = procfs::covered_process(*mount)) covered_.insert(*pid);
        }
        return true;
      });
  // Without them start times and one sign are missing; the records say so by their absence.
  (void)boot, (void)mounts;
}

std::string LinuxProcesses::copy_program(const ProcessFacts& facts, FileSystem& kernel,
                                         Sink& sink) {
  if (facts.exe_state != ExeState::kDeleted && facts.exe_state != ExeState::kReplaced &&
      facts.exe_state != ExeState::kMemory) {
    return {};
  }
  const auto entry = kernel.stat(procfs::process_path(facts.pid, "exe"));
  if (!entry) return {};
  std::string path = "/" + entry->path;
  if (!facts.exe_identity.empty() && copied_.size() < kMaxCopies) {
    const auto [known, is_new] = copied_.emplace(facts.exe_identity, path);
    if (!is_new) return known->second;
  }
  sink.collect(kernel, *entry, "deleted executable of process " + std::to_string(facts.pid));
  return path;
}

void LinuxProcesses::set_identity(Record& record, const ProcessFacts& facts) const {
  record.set("pid", std::uint64_t{facts.pid});
  if (facts.stat) {
    const procfs::ProcessStat& stat = *facts.stat;
    record.set("parent_pid", std::uint64_t{stat.parent});
    record.set("name", stat.name);
    record.set("state", procfs::process_state_name(stat.state));
    record.set("kernel_thread", stat.kernel_thread());
    record.set("session", std::uint64_t{stat.session});
    record.set("cpu_milliseconds", stat.cpu_ticks * (1000 / procfs::kTicksPerSecond));
    set_text(record, "terminal", procfs::terminal_name(stat.terminal));
    if (boot_seconds_) {
      record.set("started", procfs::start_time(*boot_seconds_, stat.start_ticks));
    }
  }
  set_text(record, "exe", facts.exe);
  record.set("exe_state", std::string(exe_state_name(facts.exe_state)));
  if (!facts.exe.empty()) {
    record.set("exe_deleted",
               facts.exe_state == ExeState::kDeleted || facts.exe_state == ExeState::kReplaced);
    record.set("exe_memfd", facts.exe_state == ExeState::kMemory);
  }
  set_list(record, "command_line", facts.command_line);
  set_text(record, "working_directory", facts.working_directory);
  if (facts.root != "/") set_text(record, "root", facts.root);
  const procfs::ProcessStatus& status = facts.status;
  set_uint(record, "uid", status.user);
  if (status.user) set_text(record, "user", users_.name(*status.user));
  set_uint(record, "gid", status.group);
  set_uint(record, "effective_uid", status.effective_user);
  set_uint(record, "effective_gid", status.effective_group);
  set_uint(record, "login_uid", facts.login_uid);
  if (facts.login_uid) set_text(record, "login_user", users_.name(*facts.login_uid));
}

void LinuxProcesses::set_surroundings(Record& record, const ProcessFacts& facts) const {
  const procfs::ProcessStatus& status = facts.status;
  set_uint(record, "threads", status.threads);
  set_uint(record, "memory", status.resident_bytes);
  if (status.tracer.value_or(0) != 0) set_uint(record, "tracer_pid", status.tracer);
  set_text(record, "capabilities", status.effective_capabilities);
  if (status.seccomp) record.set("seccomp", std::string(seccomp_name(*status.seccomp)));
  if (status.no_new_privileges) record.set("no_new_privileges", *status.no_new_privileges);
  set_text(record, "cgroup", facts.cgroup);
  set_text(record, "container_runtime", facts.container.runtime);
  set_text(record, "container_id", facts.container.id);
  record.set("in_container", in_container(facts, host_view_));
  if (status.namespace_ids.find(' ') != std::string::npos) {
    record.set("namespace_pids", status.namespace_ids);
  }
  set_uint(record, "mount_namespace", facts.namespaces.mount);
  set_uint(record, "pid_namespace", facts.namespaces.pid);
  set_uint(record, "network_namespace", facts.namespaces.network);
  set_uint(record, "user_namespace", facts.namespaces.user);
  set_uint(record, "uts_namespace", facts.namespaces.uts);
  set_uint(record, "open_files", facts.open_files);
  set_uint(record, "deleted_files", facts.deleted_files);
  set_uint(record, "memory_files", facts.memory_files);
  set_list(record, "open_paths", facts.open_paths);
  set_list(record, "deleted_paths", facts.deleted_paths);
  set_list(record, "mapped_deleted", facts.mapped_deleted);
  set_list(record, "mapped_temporary", facts.mapped_temporary);
  if (facts.mapped_replaced != 0) record.set("mapped_replaced", facts.mapped_replaced);
  set_uint(record, "writable_code", facts.writable_code);
  set_text(record, "ld_preload", facts.ld_preload);
  set_text(record, "ld_audit", facts.ld_audit);
  if (facts.environment) set_list(record, "environment", *facts.environment);
}

Record LinuxProcesses::record_of(const ProcessFacts& facts) const {
  Record record(kLinuxProcessSchema);
  record.source.path = "/" + procfs::process_path(facts.pid, "");
  set_identity(record, facts);
  set_surroundings(record, facts);
  if (facts.hidden) record.set("hidden", true);
  if (facts.overmounted) record.set("overmounted", true);
  set_list(record, "signs", signs_of(facts, host_view_));

  std::string note;
  if (facts.ended) {
    note = "ended while it was read";
  } else if (!facts.stat) {
    note = "no readable stat";
  }
  for (const std::string& name : facts.cut) {
    if (!note.empty()) note += "; ";
    note += name + " cut";
  }
  if (!note.empty()) {
    record.status = ParseStatus::kPartial;
    record.note = note;
  }
  return record;
}

void LinuxProcesses::look_at(ProcessId pid, bool hidden, processes::ProcessReader& reader,
                             LiveHost& host, Sink& sink) {
  ProcessFacts facts = reader.read(pid);
  facts.hidden = hidden;
  // Another process's directory lying over this one answers with the other's number.
  facts.overmounted = covered_.contains(pid) || (facts.stat && facts.stat->pid != pid);
  const std::string copy = copy_program(facts, host.kernel(), sink);
  Record record = record_of(facts);
  set_text(record, "exe_copy", copy);
  if (pid == host.own_process_id()) record.set("own", true);
  sink.emit(std::move(record));
}

Result<void> LinuxProcesses::observe(LiveHost& host, Sink& sink) {
  FileSystem& kernel = host.kernel();
  procfs::GapTally gaps;
  processes::ProcessReader reader(kernel, gaps, include_environment_);
  KONSEKI_ASSIGN(const std::vector<ProcessId> listed, procfs::list_process_ids(kernel));
  read_host_view(kernel, reader);
  for (const ProcessId pid : listed) look_at(pid, false, reader, host, sink);

  const processes::HiddenSearch search = processes::find_hidden_processes(kernel, listed);
  for (const ProcessId pid : search.started) look_at(pid, false, reader, host, sink);
  for (const ProcessId pid : search.hidden) look_at(pid, true, reader, host, sink);
  gaps.flush(sink, host.privileged());
  return {};
}

}  // namespace

std::unique_ptr<Collector> make_linux_processes() { return std::make_unique<LinuxProcesses>(); }

}  // namespace konseki
