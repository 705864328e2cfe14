#include "collectors/linux/processes/process_facts.h"

#include <algorithm>
#include <array>

#include "collectors/linux/procfs/link_target.h"

namespace konseki::processes {
namespace {

constexpr procfs::ProcessId kKthreadd = 2;

// Names of the kernel's own threads that no ordinary program bears. By prefix, so that look-alikes
// with a letter more ("kdevtmpfsi", "kthreaddi") are caught as well.
constexpr auto kKernelThreadNames = std::to_array<std::string_view>(
    {"kworker/",    "kthreadd",        "ksoftirqd/", "migration/", "rcu_sched",   "rcu_preempt",
     "rcu_bh",      "rcu_gp",          "rcu_par_gp", "kswapd",     "khugepaged",  "kcompactd",
     "kdevtmpfs",   "khungtask",       "kauditd",    "kblockd",    "kintegrityd", "kthrotld",
     "jbd2/",       "cpuhp/",          "watchdogd",  "watchdog/",  "oom_reaper",  "idle_inject/",
     "scsi_eh_",    "kpsmoused",       "ksmd",       "kstrp",      "ata_sff",     "xfsaild/",
     "usb-storage", "ext4-rsv-conver", "writeback"});

bool has_kernel_thread_name(std::string_view name) {
  return std::ranges::any_of(kKernelThreadNames,
                             [name](std::string_view known) { return name.starts_with(known); });
}

bool in_brackets(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']';
}

bool differs(const std::optional<std::uint64_t>& a, const std::optional<std::uint64_t>& b) {
  return a && b && *a != *b;
}

std::string_view file_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

void kernel_thread_signs(const ProcessFacts& facts, const HostView& host,
                         std::vector<std::string>& signs) {
  const procfs::ProcessStat& stat = *facts.stat;
  if (stat.kernel_thread()) {
    if (!facts.exe.empty() || !facts.command_line.empty() || facts.status.resident_bytes) {
      signs.emplace_back("kernel_thread_with_program");
    }
    if (stat.parent != 0 && stat.parent != kKthreadd) signs.emplace_back("kernel_thread_parent");
    return;
  }
  const bool bracketed = in_brackets(stat.name) ||
                         (!facts.command_line.empty() && in_brackets(facts.command_line.front()));
  if (bracketed || has_kernel_thread_name(stat.name)) signs.emplace_back("kernel_thread_disguise");
  if (host.sees_kernel_threads && stat.parent == kKthreadd) signs.emplace_back("kernel_started");
}

}  // namespace

std::vector<std::string> signs_of(const ProcessFacts& facts, const HostView& host) {
  std::vector<std::string> signs;
  if (facts.stat) kernel_thread_signs(facts, host, signs);
  if (facts.exe_state == ExeState::kMemory) signs.emplace_back("memory_program");
  if (facts.exe_state == ExeState::kDeleted) signs.emplace_back("deleted_program");
  if (procfs::is_temporary_place(facts.exe)) signs.emplace_back("program_in_temporary_place");
  if (file_name(facts.exe).starts_with('.')) signs.emplace_back("program_name_hidden");
  if (facts.hidden) signs.emplace_back("hidden");
  if (facts.overmounted) signs.emplace_back("overmounted");
  if (facts.status.tracer.value_or(0) != 0) signs.emplace_back("traced");
  if (!facts.ld_preload.empty() || !facts.ld_audit.empty()) signs.emplace_back("preloaded");
  if (!facts.mapped_deleted.empty()) signs.emplace_back("deleted_code");
  if (!facts.mapped_temporary.empty() && !procfs::is_temporary_place(facts.exe)) {
    signs.emplace_back("code_in_temporary_place");
  }
  std::ranges::sort(signs);
  return signs;
}

bool in_container(const ProcessFacts& facts, const HostView& host) {
  return !facts.container.id.empty() || (differs(facts.namespaces.pid, host.init.pid) &&
                                         differs(facts.namespaces.mount, host.init.mount));
}

std::string_view exe_state_name(ExeState state) {
  switch (state) {
    case ExeState::kPresent:
      return "present";
    case ExeState::kDeleted:
      return "deleted";
    case ExeState::kReplaced:
      return "replaced";
    case ExeState::kMemory:
      return "memfd";
    case ExeState::kNone:
      return "none";
    case ExeState::kUnreadable:
      break;
  }
  return "unreadable";
}

}  // namespace konseki::processes
