#include "collectors/linux/processes/process_reader.h"

#include <algorithm>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/link_target.h"
#include "collectors/linux/procfs/memory_map.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::processes {
namespace {

constexpr std::size_t kMaxCommandLine = 256 * 1024;
constexpr std::size_t kMaxEnvironment = 256 * 1024;
constexpr std::size_t kMaxMappedNames = 32;
constexpr std::size_t kMaxOpenPaths = 64;

// The audit subsystem's "never set".
constexpr std::uint32_t kNoLogin = 0xffffffff;

// Adds `path` once, at most kMaxMappedNames; answers false when the list is full.
bool add_name(std::vector<std::string>& names, const std::string& path) {
  if (std::ranges::find(names, path) != names.end()) return true;
  if (names.size() >= kMaxMappedNames) return false;
  names.push_back(path);
  return true;
}

void note_cut(ProcessFacts& facts, std::string_view what) {
  if (std::ranges::find(facts.cut, what) == facts.cut.end()) facts.cut.emplace_back(what);
}

// Kernel objects that look like deleted files but never were files anyone could name.
bool is_kernel_object(std::string_view path) {
  return path.starts_with("/SYSV") || path.starts_with("/dev/zero") || path.starts_with("/[aio]") ||
         path.starts_with("/drm") || path.starts_with("/i915");
}

// A file on some volume, as far as its name tells: no socket, pipe, device or file of the kernel.
bool is_file_path(std::string_view target) {
  return target.starts_with('/') && !target.starts_with("/dev/") && !target.starts_with("/proc/") &&
         !target.starts_with("/sys/") && !is_kernel_object(target);
}

void add_descriptor(std::vector<std::string>& paths, ProcessFacts& facts, const Entry& entry,
                    std::string_view what) {
  if (paths.size() >= kMaxOpenPaths) return note_cut(facts, what);
  paths.push_back(std::string(entry.name()) + ' ' + entry.link_target);
}

}  // namespace

void ProcessReader::note_failure(procfs::ProcessId pid, std::string_view name, const Error& error) {
  gaps_.add("/proc/*/" + std::string(name), "/" + procfs::process_path(pid, name), error);
}

std::string ProcessReader::text(ProcessFacts& facts, std::string_view name, std::size_t limit) {
  auto file = procfs::read_pseudo_file(kernel_, procfs::process_path(facts.pid, name), limit);
  if (!file) {
    note_failure(facts.pid, name, file.error());
    return {};
  }
  if (file->cut) note_cut(facts, name);
  return std::move(file->text);
}

std::string ProcessReader::link(const ProcessFacts& facts, std::string_view name) {
  const auto entry = kernel_.stat(procfs::process_path(facts.pid, name));
  if (!entry) {
    note_failure(facts.pid, name, entry.error());
    return {};
  }
  if (!entry->link_target.empty()) return entry->link_target;
  if (const auto error = procfs::why_withheld(kernel_, *entry)) {
    note_failure(facts.pid, name, *error);
  }
  return {};
}

Namespaces ProcessReader::read_namespaces(procfs::ProcessId pid) {
  Namespaces namespaces;
  const auto listed = kernel_.list(procfs::process_path(pid, "ns"), [&](const Entry& entry) {
    const auto name = entry.name();
    auto number = [&] { return procfs::bracketed_number(entry.link_target, name); };
    if (name == "mnt") namespaces.mount = number();
    if (name == "pid") namespaces.pid = number();
    if (name == "net") namespaces.network = number();
    if (name == "user") namespaces.user = number();
    if (name == "uts") namespaces.uts = number();
    return WalkAction::kContinue;
  });
  if (!listed) note_failure(pid, "ns", listed.error());
  return namespaces;
}

bool ProcessReader::exists_again(procfs::ProcessId pid, std::string_view target) {
  // Below the process's own root, which may be a container's.
  return kernel_
      .stat(procfs::process_path(pid, "root") + std::string(procfs::without_deleted(target)))
      .has_value();
}

void ProcessReader::read_exe(ProcessFacts& facts) {
  const bool has_program = facts.stat && !facts.stat->kernel_thread() && facts.stat->state != 'Z' &&
                           facts.stat->state != 'X';
  const auto entry = kernel_.stat(procfs::process_path(facts.pid, "exe"));
  const std::string target = entry ? entry->link_target : std::string();
  if (target.empty()) {
    facts.exe_state = facts.stat && !has_program ? ExeState::kNone : ExeState::kUnreadable;
    if (facts.exe_state == ExeState::kUnreadable) link(facts, "exe");
    return;
  }
  facts.exe = procfs::without_deleted(target);
  if (procfs::is_memory_file(target)) {
    facts.exe_state = ExeState::kMemory;
  } else if (procfs::says_deleted(target)) {
    facts.exe_state = exists_again(facts.pid, target) ? ExeState::kReplaced : ExeState::kDeleted;
  } else {
    facts.exe_state = ExeState::kPresent;
  }
}

void ProcessReader::read_maps(ProcessFacts& facts) {
  std::uint64_t writable_code = 0;
  const auto read = procfs::for_each_line(
      kernel_, procfs::process_path(facts.pid, "maps"), [&](std::string_view line) {
        const auto map = procfs::parse_memory_map(line);
        if (!map) return true;
        const bool of_program =
            !facts.exe.empty() && procfs::without_deleted(map->path) == facts.exe;
        if (of_program && facts.exe_identity.empty() && map->inode != 0) {
          facts.exe_identity = std::string(map->device) + ":" + std::to_string(map->inode);
        }
        if (!map->executable()) return true;
        if (map->writable()) ++writable_code;
        if (of_program || is_kernel_object(map->path)) return true;
        if (procfs::says_deleted(map->path)) {
          if (!add_name(facts.mapped_deleted, map->path)) note_cut(facts, "mapped_deleted");
        } else if (procfs::is_temporary_place(map->path)) {
          if (!add_name(facts.mapped_temporary, map->path)) note_cut(facts, "mapped_temporary");
        }
        return true;
      });
  // A library that an update replaced is deleted too, but no sign of anything.
  facts.mapped_replaced = std::erase_if(facts.mapped_deleted, [&](const std::string& path) {
    return !procfs::is_memory_file(path) && exists_again(facts.pid, path);
  });
  if (read) {
    facts.writable_code = writable_code;
  } else {
    note_failure(facts.pid, "maps", read.error());
  }
}

void ProcessReader::read_descriptors(ProcessFacts& facts) {
  std::uint64_t count = 0;
  std::uint64_t deleted = 0;
  std::uint64_t memory = 0;
  std::optional<Error> withheld;
  const auto listed = kernel_.list(procfs::process_path(facts.pid, "fd"), [&](const Entry& entry) {
    ++count;
    if (entry.link_target.empty() && !withheld) withheld = procfs::why_withheld(kernel_, entry);
    if (procfs::is_memory_file(entry.link_target)) {
      ++memory;
      add_descriptor(facts.deleted_paths, facts, entry, "deleted_paths");
    } else if (procfs::says_deleted(entry.link_target) && !is_kernel_object(entry.link_target)) {
      ++deleted;
      add_descriptor(facts.deleted_paths, facts, entry, "deleted_paths");
    } else if (is_file_path(entry.link_target)) {
      add_descriptor(facts.open_paths, facts, entry, "open_paths");
    }
    return WalkAction::kContinue;
  });
  if (!listed) {
    note_failure(facts.pid, "fd", listed.error());
    return;
  }
  facts.open_files = count;
  if (withheld) {
    note_failure(facts.pid, "fd", *withheld);
    return;
  }
  facts.deleted_files = deleted;
  facts.memory_files = memory;
}

void ProcessReader::read_environment(ProcessFacts& facts) {
  std::vector<std::string> variables = procfs::split_nul(text(facts, "environ", kMaxEnvironment));
  auto value_of = [&variables](std::string_view name) -> std::string {
    for (const std::string& variable : variables) {
      if (variable.starts_with(name)) return variable.substr(name.size());
    }
    return {};
  };
  facts.ld_preload = value_of("LD_PRELOAD=");
  facts.ld_audit = value_of("LD_AUDIT=");
  if (include_environment_) facts.environment = std::move(variables);
}

ProcessFacts ProcessReader::read(procfs::ProcessId pid) {
  ProcessFacts facts;
  facts.pid = pid;
  const std::string stat = text(facts, "stat", 4096);
  facts.stat = procfs::parse_process_stat(stat);
  facts.status = procfs::parse_process_status(text(facts, "status", procfs::kSmallFile));
  read_exe(facts);
  // An empty command line is what kernel threads and zombies have; both may be lies.
  facts.command_line = procfs::split_nul(text(facts, "cmdline", kMaxCommandLine));
  const std::string cgroup = text(facts, "cgroup", procfs::kSmallFile);
  facts.cgroup = procfs::main_cgroup(cgroup);
  facts.container = procfs::container_id_from_cgroup(cgroup);
  facts.namespaces = read_namespaces(pid);
  const auto login = parse_number<std::uint32_t>(procfs::trim(text(facts, "loginuid", 64)));
  if (login && *login != kNoLogin) facts.login_uid = login;

  const bool has_memory = !facts.stat || (!facts.stat->kernel_thread() && facts.stat->state != 'Z');
  if (has_memory) {
    facts.working_directory = link(facts, "cwd");
    facts.root = link(facts, "root");
    read_maps(facts);
    read_descriptors(facts);
    read_environment(facts);
  }
  facts.ended = !facts.stat && !kernel_.stat(procfs::process_path(pid, ""));
  if (!facts.ended && facts.stat) {
    facts.ended = !kernel_.stat(procfs::process_path(pid, "stat"));
  }
  return facts;
}

}  // namespace konseki::processes
