// ProcessFacts: what /proc says of one process, before it becomes a record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collectors/linux/procfs/container_id.h"
#include "collectors/linux/procfs/process_stat.h"
#include "collectors/linux/procfs/process_status.h"

namespace konseki::processes {

enum class ExeState { kPresent, kDeleted, kReplaced, kMemory, kNone, kUnreadable };

struct Namespaces {
  std::optional<std::uint64_t> mount;
  std::optional<std::uint64_t> pid;
  std::optional<std::uint64_t> network;
  std::optional<std::uint64_t> user;
  std::optional<std::uint64_t> uts;
};

// A plain value. Absent or empty: not readable or not there.
struct ProcessFacts {
  procfs::ProcessId pid = 0;
  std::optional<procfs::ProcessStat> stat;
  procfs::ProcessStatus status;
  std::string exe;  // without " (deleted)"
  ExeState exe_state = ExeState::kUnreadable;
  std::string exe_identity;  // "device:inode" where the memory map tells
  std::vector<std::string> command_line;
  std::string working_directory;
  std::string root;
  std::optional<std::uint32_t> login_uid;
  std::string cgroup;
  procfs::ContainerId container;
  Namespaces namespaces;
  std::optional<std::uint64_t> open_files;
  std::optional<std::uint64_t> deleted_files;
  std::optional<std::uint64_t> memory_files;
  std::vector<std::string> open_paths;      // "DESCRIPTOR PATH" of files that have a name
  std::vector<std::string> deleted_paths;   // likewise of those that have none any more, and memfd
  std::vector<std::string> mapped_deleted;  // names not in use again, and memfd
  std::uint64_t mapped_replaced = 0;
  std::vector<std::string> mapped_temporary;
  std::optional<std::uint64_t> writable_code;
  std::string ld_preload;
  std::string ld_audit;
  std::optional<std::vector<std::string>> environment;
  bool hidden = false;
  bool overmounted = false;
  std::vector<std::string> cut;  // names of what was longer than we read
  bool ended = false;            // it was gone before everything was read
};

// What is known of the host besides the process.
struct HostView {
  Namespaces init;                   // of pid 1
  bool sees_kernel_threads = false;  // pid 2 is kthreadd: we are in the first pid namespace
};

// Stable words for what deserves a look, sorted. Explained in README.md.
std::vector<std::string> signs_of(const ProcessFacts& facts, const HostView& host);

bool in_container(const ProcessFacts& facts, const HostView& host);

std::string_view exe_state_name(ExeState state);

}  // namespace konseki::processes
