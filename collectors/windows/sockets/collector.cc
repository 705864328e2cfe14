// The collector windows.sockets.
#include "konseki/collector.h"

#include <array>
#include <memory>

#include "collectors/live/record_fields.h"
#include "collectors/windows/live/gap_tally.h"
#include "collectors/windows/live/program_names.h"
#include "collectors/windows/sockets/socket_schema.h"

namespace konseki {
namespace {

constexpr std::array<const RecordSchema*, 1> kSchemas{&kWindowsSocketSchema};

bool is_this_host(const IpAddress& address) {
  if (address.is_any()) return true;
  if (!address.is_v6) return address.bytes[0] == 127;
  const std::string text = address.text();
  return text == "::1" || text.starts_with("127.");
}

std::vector<std::string> signs_of(const WindowsSocket& socket) {
  std::vector<std::string> signs;
  const bool outside = socket.remote && !is_this_host(*socket.remote);
  if (outside && windows::runs_commands(socket.process)) {
    signs.emplace_back("command_interpreter");
  }
  if (socket.pid && socket.process.empty()) signs.emplace_back("no_owner");
  return signs;
}

Record record_of(const WindowsSocket& socket) {
  Record record(kWindowsSocketSchema);
  record.source.path = "live/socket/" + socket.protocol;
  record.set("protocol", socket.protocol);
  record.set("state", socket.state);
  record.set("local_address", socket.local.text());
  record.set("local_port", std::uint64_t{socket.local_port});
  if (socket.remote) {
    record.set("remote_address", socket.remote->text());
    record.set("remote_port", std::uint64_t{socket.remote_port});
  }
  live::set_uint(record, "pid", socket.pid);
  live::set_text(record, "process", socket.process);
  live::set_text(record, "module", socket.module);
  if (socket.created) record.set("created", *socket.created);
  live::set_list(record, "signs", signs_of(socket));
  return record;
}

class WindowsSockets : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.sockets",
        .os = OperatingSystem::kWindows,
        .volatility = Volatility::kNetwork,
        .needs_privilege = false,
        .schemas = kSchemas,
        .description = {"Open TCP and UDP sockets and the processes that hold them",
                        "開いている TCP・UDP ソケットと、それを保持するプロセス"}};
    return kInfo;
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    KONSEKI_ASSIGN(WindowsState * state, windows::windows_state_of(host));
    windows::GapTally gaps;
    KONSEKI_ASSIGN(const auto sockets, state->sockets(gaps.withheld()));
    for (const WindowsSocket& socket : sockets) sink.emit(record_of(socket));
    gaps.flush(sink, host.privileged());
    return {};
  }
};

}  // namespace

std::unique_ptr<Collector> make_windows_sockets() { return std::make_unique<WindowsSockets>(); }

}  // namespace konseki
