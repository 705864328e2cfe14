// The collector linux.sessions.
#include <array>
#include <map>
#include <memory>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/gap_tally.h"
#include "collectors/linux/procfs/process_stat.h"
#include "collectors/linux/procfs/process_status.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/record_fields.h"
#include "collectors/linux/procfs/state_file.h"
#include "collectors/linux/procfs/text.h"
#include "collectors/linux/procfs/user_names.h"
#include "collectors/linux/sessions/session_schema.h"
#include "konseki/collector.h"

namespace konseki {
namespace {

using procfs::ProcessId;
using procfs::ProcessStat;

constexpr std::array<const RecordSchema*, 1> kSchemas{&kLinuxSessionSchema};

using StateFile = std::map<std::string, std::string>;

std::string value_of(const StateFile& file, const std::string& key) {
  const auto found = file.find(key);
  return found == file.end() ? std::string() : found->second;
}

template <class T>
std::optional<T> number_of(const StateFile& file, const std::string& key) {
  return parse_number<T>(value_of(file, key));
}

struct Terminal {
  std::uint64_t processes = 0;
  std::optional<ProcessStat> leader;  // the earliest process on it
};

class LinuxSessions : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "linux.sessions",
        .os = OperatingSystem::kLinux,
        .volatility = Volatility::kSession,
        .needs_privilege = false,
        .schemas = kSchemas,
        .description = {"Login sessions and terminals in use", "ログインセッションと使用中の端末"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    users_ = procfs::UserNames(context.host.users);
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    FileSystem& kernel = host.kernel();
    procfs::GapTally gaps;
    emit_state_files(kernel, "run/systemd/sessions", sink, gaps);
    emit_state_files(kernel, "run/systemd/users", sink, gaps);
    emit_terminals(kernel, sink, gaps);
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  void emit_state_files(FileSystem& kernel, const std::string& folder, Sink& sink,
                        procfs::GapTally& gaps) const {
    const auto listed = kernel.list(folder, [&](const Entry& entry) {
      // FIFOs named SESSION.ref lie beside the files.
      if (entry.type != FileType::kRegular) return WalkAction::kContinue;
      const auto file = procfs::read_regular_file(kernel, entry.path);
      if (!file) {
        gaps.add("/" + folder + "/*", "/" + entry.path, file.error());
        return WalkAction::kContinue;
      }
      const StateFile values = procfs::parse_state_file(file->text);
      Record record = folder.ends_with("users") ? user_record(entry, values)
                                                : session_record(kernel, entry, values);
      record.source.path = "/" + entry.path;
      sink.emit(std::move(record));
      return WalkAction::kContinue;
    });
    // Without systemd there is no such folder.
    if (!listed) gaps.add("/" + folder, "/" + folder, listed.error());
  }

  void set_user(Record& record, std::optional<std::uint32_t> uid, std::string name) const {
    procfs::set_uint(record, "uid", uid);
    if (name.empty() && uid) name = users_.name(*uid);
    procfs::set_text(record, "user", std::move(name));
  }

  static void set_start(Record& record, const StateFile& values) {
    const auto microseconds = number_of<std::int64_t>(values, "REALTIME");
    if (microseconds) record.set("started", Timestamp::from_unix_microseconds(*microseconds));
  }

  Record session_record(FileSystem& kernel, const Entry& entry, const StateFile& values) const {
    Record record(kLinuxSessionSchema);
    record.set("kind", std::string("logind"));
    record.set("id", std::string(entry.name()));
    set_user(record, number_of<std::uint32_t>(values, "UID"), value_of(values, "USER"));
    procfs::set_text(record, "terminal", value_of(values, "TTY"));
    procfs::set_text(record, "remote_host", value_of(values, "REMOTE_HOST"));
    procfs::set_text(record, "remote_user", value_of(values, "REMOTE_USER"));
    if (values.contains("REMOTE")) record.set("remote", value_of(values, "REMOTE") == "1");
    procfs::set_text(record, "type", value_of(values, "TYPE"));
    procfs::set_text(record, "class", value_of(values, "CLASS"));
    procfs::set_text(record, "service", value_of(values, "SERVICE"));
    procfs::set_text(record, "state", value_of(values, "STATE"));
    const auto leader = number_of<ProcessId>(values, "LEADER");
    procfs::set_uint(record, "leader_pid", leader);
    if (leader) {
      procfs::set_text(
          record, "leader",
          procfs::read_value(kernel, procfs::process_path(*leader, "comm")).value_or(""));
    }
    set_start(record, values);
    return record;
  }

  Record user_record(const Entry& entry, const StateFile& values) const {
    Record record(kLinuxSessionSchema);
    record.set("kind", std::string("user"));
    set_user(record, parse_number<std::uint32_t>(entry.name()), value_of(values, "NAME"));
    procfs::set_text(record, "service", value_of(values, "SERVICE"));
    procfs::set_text(record, "state", value_of(values, "STATE"));
    set_start(record, values);
    return record;
  }

  void emit_terminals(FileSystem& kernel, Sink& sink, procfs::GapTally& gaps) const {
    const auto ids = procfs::list_process_ids(kernel);
    if (!ids) {
      gaps.add("/proc", "/proc", ids.error());
      return;
    }
    std::map<std::string, Terminal> terminals;  // there are as many as open terminals
    for (const ProcessId pid : *ids) {
      const auto text = procfs::read_pseudo_file(kernel, procfs::process_path(pid, "stat"), 4096);
      auto stat = text ? procfs::parse_process_stat(text->text) : std::nullopt;
      if (!stat || stat->terminal == 0) continue;
      Terminal& terminal = terminals[procfs::terminal_name(stat->terminal)];
      ++terminal.processes;
      if (!terminal.leader || stat->start_ticks < terminal.leader->start_ticks) {
        terminal.leader = std::move(stat);
      }
    }
    if (terminals.empty()) return;
    std::optional<std::int64_t> boot;
    const auto read = procfs::for_each_line(kernel, "proc/stat", [&boot](std::string_view line) {
      boot = procfs::parse_boot_time(line);
      return !boot;
    });
    if (!read) gaps.add("/proc/stat", "/proc/stat", read.error());
    for (const auto& [name, terminal] : terminals) {
      sink.emit(terminal_record(kernel, name, terminal, boot));
    }
  }

  Record terminal_record(FileSystem& kernel, const std::string& name, const Terminal& terminal,
                         const std::optional<std::int64_t>& boot) const {
    Record record(kLinuxSessionSchema);
    record.source.path = "/dev/" + name;
    record.set("kind", std::string("terminal"));
    record.set("terminal", name);
    record.set("processes", terminal.processes);
    const ProcessStat& leader = *terminal.leader;
    record.set("leader_pid", std::uint64_t{leader.pid});
    record.set("leader", leader.name);
    if (boot) record.set("started", procfs::start_time(*boot, leader.start_ticks));
    const auto status =
        procfs::read_pseudo_file(kernel, procfs::process_path(leader.pid, "status"));
    if (status) set_user(record, procfs::parse_process_status(status->text).user, "");
    if (const auto device = kernel.stat("dev/" + name)) {
      // The terminal driver keeps these for w(1): access is input, modification is output.
      if (device->times.accessed) record.set("last_input", *device->times.accessed);
      if (device->times.modified) record.set("last_output", *device->times.modified);
    }
    return record;
  }

  procfs::UserNames users_;
};

}  // namespace

std::unique_ptr<Collector> make_linux_sessions() { return std::make_unique<LinuxSessions>(); }

}  // namespace konseki
