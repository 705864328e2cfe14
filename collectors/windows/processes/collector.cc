// The collector windows.processes.
#include "konseki/collector.h"

#include <array>
#include <memory>

#include "collectors/live/record_fields.h"
#include "collectors/windows/base/account_names.h"
#include "collectors/windows/live/gap_tally.h"
#include "collectors/windows/live/live_path.h"
#include "collectors/windows/processes/process_schema.h"
#include "collectors/windows/processes/process_signs.h"

namespace konseki {
namespace {

using live::set_list;
using live::set_text;
using live::set_uint;
using windows::ProcessTree;

constexpr std::array<const RecordSchema*, 1> kSchemas{&kWindowsProcessSchema};

// The RID of the token's label, winnt.h's SECURITY_MANDATORY_*_RID.
std::string integrity_name(std::uint32_t rid) {
  struct Level {
    std::uint32_t from;
    std::string_view name;
  };
  constexpr auto kLevels = std::to_array<Level>({{0x5000, "protected"},
                                                 {0x4000, "system"},
                                                 {0x3000, "high"},
                                                 {0x2100, "medium_plus"},
                                                 {0x2000, "medium"},
                                                 {0x1000, "low"}});
  for (const Level& level : kLevels) {
    if (rid >= level.from) return std::string(level.name);
  }
  return "untrusted";
}

// PS_PROTECTION: the type in three bits, the signer in the upper four.
std::string protection_name(std::uint32_t protection) {
  constexpr auto kSigners =
      std::to_array<std::string_view>({"none", "authenticode", "codegen", "antimalware", "lsa",
                                       "windows", "wintcb", "winsystem", "app"});
  const std::uint32_t type = protection & 7U;
  if (type == 0) return {};
  const std::uint32_t signer = protection >> 4 & 15U;
  return std::string(type == 1 ? "light " : "protected ") +
         (signer < kSigners.size() ? std::string(kSigners[signer]) : std::to_string(signer));
}

std::string exe_state(const WindowsProcess& process) {
  constexpr std::uint32_t kSystem = 4;
  if (process.exe.empty()) {
    const bool of_kernel = process.pid <= kSystem || process.parent_pid == kSystem;
    return of_kernel ? "none" : "unreadable";
  }
  if (!process.exe_exists) return "unreadable";
  return *process.exe_exists ? "present" : "deleted";
}

class WindowsProcesses : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.processes",
        .os = OperatingSystem::kWindows,
        .volatility = Volatility::kProcess,
        .needs_privilege = true,
        .schemas = kSchemas,
        .description = {
            "Running processes with command lines, users and loaded modules",
            "実行中のプロセスと、そのコマンドライン、ユーザー、読み込み済みモジュール"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    names_ = windows::AccountNames(context.host.users);
    environment_ = windows::live_environment(context.host);
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    KONSEKI_ASSIGN(WindowsState * state, windows::windows_state_of(host));
    windows::GapTally gaps;
    KONSEKI_ASSIGN(const auto processes, state->processes(gaps.withheld()));
    // Refusals are told by windows.sessions, which lists them.
    if (const auto logons = state->logons([](auto, auto, const auto&) {})) names_.add(*logons);
    const ProcessTree tree(processes);
    for (const WindowsProcess& process : processes) {
      Record record = record_of(process, tree);
      if (process.pid == host.own_process_id()) record.set("own", true);
      sink.emit(std::move(record));
    }
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  void set_program(Record& record, const WindowsProcess& process) const {
    record.set("name", process.name);
    const std::string state = exe_state(process);
    if (!process.exe.empty()) {
      record.set("exe", windows::live_display_path(process.exe, environment_));
      if (process.exe_exists) record.set("exe_deleted", !*process.exe_exists);
    }
    record.set("exe_state", state);
    if (process.command_line) record.set("command_line", *process.command_line);
    set_text(record, "working_directory",
             process.working_directory.empty()
                 ? std::string()
                 : windows::live_display_path(process.working_directory, environment_));
    if (windows::image_is_replaced(process)) {
      set_text(record, "mapped_image",
               process.mapped_image.empty() ? std::string("private memory") : process.mapped_image);
    }
    if (process.modules) {
      std::vector<std::string> modules;
      for (const std::string& module : *process.modules) {
        modules.push_back(windows::live_display_path(module, environment_));
      }
      set_list(record, "modules", std::move(modules));
      set_list(record, "modules_temporary", windows::temporary_modules(process, environment_));
    }
  }

  void set_rights(Record& record, const WindowsProcess& process) const {
    set_text(record, "user_sid", process.user_sid);
    set_text(record, "user", names_.name(process.user_sid));
    if (process.integrity) record.set("integrity", integrity_name(*process.integrity));
    if (process.elevated) record.set("elevated", *process.elevated);
    record.set("session", std::uint64_t{process.session_id});
    if (process.protection) set_text(record, "protection", protection_name(*process.protection));
    if (process.is_32_bit) record.set("is_32_bit", *process.is_32_bit);
  }

  Record record_of(const WindowsProcess& process, const ProcessTree& tree) const {
    Record record(kWindowsProcessSchema);
    record.source.path = "live/process/" + std::to_string(process.pid);
    record.set("pid", std::uint64_t{process.pid});
    record.set("parent_pid", std::uint64_t{process.parent_pid});
    if (const WindowsProcess* parent = tree.parent_of(process)) {
      set_text(record, "parent", parent->name);
    }
    set_program(record, process);
    if (process.started) record.set("started", *process.started);
    set_rights(record, process);
    record.set("threads", std::uint64_t{process.threads});
    set_uint(record, "memory", process.memory);
    set_uint(record, "cpu_milliseconds", process.cpu_milliseconds);
    const std::string exe =
        process.exe.empty() ? "" : windows::live_display_path(process.exe, environment_);
    set_list(record, "signs", signs_of(process, exe, tree, environment_));
    return record;
  }

  windows::AccountNames names_;
  windows::Environment environment_;
};

}  // namespace

std::unique_ptr<Collector> make_windows_processes() { return std::make_unique<WindowsProcesses>(); }

}  // namespace konseki
