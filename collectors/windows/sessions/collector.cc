// The collector windows.sessions.
#include "konseki/collector.h"

#include <fmt/format.h>

#include <array>
#include <memory>

#include "collectors/live/record_fields.h"
#include "collectors/windows/base/account_names.h"
#include "collectors/windows/live/gap_tally.h"
#include "collectors/windows/sessions/session_schema.h"

namespace konseki {
namespace {

using live::set_text;

constexpr std::array<const RecordSchema*, 1> kSchemas{&kWindowsSessionSchema};

constexpr std::uint32_t kNetwork = 3;
constexpr std::uint32_t kNetworkCleartext = 8;
constexpr std::uint32_t kRemoteInteractive = 10;
constexpr std::uint32_t kCachedRemoteInteractive = 12;

// SECURITY_LOGON_TYPE, as in events 4624.
std::string logon_type_name(std::uint32_t type) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"system", "", "interactive", "network", "batch", "service", "proxy", "unlock",
       "network_cleartext", "new_credentials", "remote_interactive", "cached_interactive",
       "cached_remote_interactive", "cached_unlock"});
  return type < kNames.size() && !kNames[type].empty() ? std::string(kNames[type])
                                                       : "type_" + std::to_string(type);
}

Record terminal_record(const WindowsTerminalSession& session) {
  Record record(kWindowsSessionSchema);
  record.source.path = "live/session/" + std::to_string(session.id);
  record.set("kind", std::string("terminal"));
  record.set("id", std::to_string(session.id));
  set_text(record, "user", session.user);
  set_text(record, "terminal", session.station);
  set_text(record, "remote_host", session.client_name);
  if (session.client_address) record.set("remote_address", session.client_address->text());
  record.set("remote", !session.client_name.empty() || session.client_address.has_value());
  set_text(record, "state", session.state);
  if (session.started) record.set("started", *session.started);
  if (session.last_input) record.set("last_input", *session.last_input);
  return record;
}

class WindowsSessions : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.sessions",
        .os = OperatingSystem::kWindows,
        .volatility = Volatility::kSession,
        .needs_privilege = true,
        .schemas = kSchemas,
        .description = {"Terminal sessions, logon sessions and other machines on the file shares",
                        "端末セッション、ログオンセッション、ファイル共有への接続"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    names_ = windows::AccountNames(context.host.users);
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    KONSEKI_ASSIGN(WindowsState * state, windows::windows_state_of(host));
    windows::GapTally gaps;
    if (const auto sessions = state->terminal_sessions(gaps.withheld())) {
      for (const WindowsTerminalSession& session : *sessions) sink.emit(terminal_record(session));
    } else {
      gaps.add("terminal sessions", "terminal sessions", sessions.error());
    }
    if (const auto logons = state->logons(gaps.withheld())) {
      for (const WindowsLogon& logon : *logons) sink.emit(logon_record(logon));
    } else {
      gaps.add("logon sessions", "logon sessions", logons.error());
    }
    if (const auto shares = state->share_sessions()) {
      for (const WindowsShareSession& share : *shares) sink.emit(share_record(share));
    } else if (shares.error().code != ErrorCode::kUnsupported) {
      // Unsupported: the server service does not run, so that nobody can be connected.
      gaps.add("sessions on file shares", "share sessions", shares.error());
    }
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  Record logon_record(const WindowsLogon& logon) const {
    Record record(kWindowsSessionSchema);
    const std::string id = fmt::format("0x{:x}", logon.id);
    record.source.path = "live/logon/" + id;
    record.set("kind", std::string("logon"));
    record.set("id", id);
    set_text(record, "user", logon.user.empty() ? names_.name(logon.sid) : logon.user);
    set_text(record, "user_sid", logon.sid);
    record.set("session", std::uint64_t{logon.session_id});
    record.set("type", logon_type_name(logon.type));
    record.set("remote", logon.type == kNetwork || logon.type == kNetworkCleartext ||
                             logon.type == kRemoteInteractive ||
                             logon.type == kCachedRemoteInteractive);
    set_text(record, "service", logon.package);
    set_text(record, "server", logon.server);
    if (logon.started) record.set("started", *logon.started);
    return record;
  }

  static Record share_record(const WindowsShareSession& share) {
    Record record(kWindowsSessionSchema);
    record.source.path = "live/share_session";
    record.set("kind", std::string("share"));
    set_text(record, "user", share.user);
    std::string_view client = share.client;
    while (client.starts_with('\\')) client.remove_prefix(1);
    set_text(record, "remote_host", std::string(client));
    record.set("remote", true);
    record.set("seconds_active", share.seconds_active);
    record.set("seconds_idle", share.seconds_idle);
    return record;
  }

  windows::AccountNames names_;
};

}  // namespace

std::unique_ptr<Collector> make_windows_sessions() { return std::make_unique<WindowsSessions>(); }

}  // namespace konseki
