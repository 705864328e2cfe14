// Who is logged on: terminal sessions, logon sessions of the security authority, share sessions.
#include <windows.h>
//
#include <ntsecapi.h>
#include <wtsapi32.h>

#include <algorithm>
#include <array>
#include <span>

#include "agent/base/windows/wide.h"
#include "agent/source/live/windows/state/api.h"
#include "agent/source/live/windows/state/listings.h"
#include "agent/source/live/windows/state/token_facts.h"

namespace konseki::windows_state {
namespace {

constexpr wchar_t kTerminals[] = L"wtsapi32.dll";
constexpr wchar_t kSecurity[] = L"secur32.dll";
constexpr auto kStates = std::to_array<std::string_view>(
    {"active", "connected", "connecting", "shadowing", "disconnected", "idle", "listening",
     "resetting", "down", "initialising"});

std::string account(const std::string& domain, const std::string& user) {
  return domain.empty() || user.empty() ? user : domain + "\\" + user;
}

std::optional<Timestamp> time_of(const LARGE_INTEGER& ticks) {
  // "Never" is 0, and for logoff times the largest number.
  if (ticks.QuadPart <= 0 || ticks.QuadPart == INT64_MAX) return std::nullopt;
  return Timestamp::from_filetime(static_cast<std::uint64_t>(ticks.QuadPart));
}

std::string text_of(const LSA_UNICODE_STRING& text) {
  if (text.Buffer == nullptr) return {};
  return narrow({text.Buffer, text.Length / sizeof(wchar_t)});
}

// The terminal services' questions about one session.
class SessionQuestions {
 public:
  using Ask = BOOL(WINAPI*)(HANDLE, DWORD, WTS_INFO_CLASS, void**, DWORD*);
  using Free = void(WINAPI*)(void*);

  SessionQuestions(Ask ask, Free free, DWORD session) : ask_(ask), free_(free), session_(session) {}

  // Calls use(bytes) with the answer; the error when there is none.
  template <class Use>
  Result<void> ask(WTS_INFO_CLASS what, Use use) const {
    void* answer = nullptr;
    DWORD size = 0;
    if (ask_(WTS_CURRENT_SERVER_HANDLE, session_, what, &answer, &size) == 0) {
      return fail(last_error("WTSQuerySessionInformation"));
    }
    use(std::span(static_cast<const std::byte*>(answer), size));
    free_(answer);
    return {};
  }

 private:
  Ask ask_;
  Free free_;
  DWORD session_;
};

std::optional<IpAddress> client_address(const WTS_CLIENT_ADDRESS& from) {
  // Of IPv4 the four bytes begin at the third; of IPv6 all sixteen at the first.
  constexpr DWORD kV4 = 2;
  constexpr DWORD kV6 = 23;
  IpAddress address;
  address.is_v6 = from.AddressFamily == kV6;
  if (from.AddressFamily == kV4) {
    std::copy_n(from.Address + 2, 4, address.bytes.begin());
  } else if (address.is_v6) {
    std::copy_n(from.Address, address.bytes.size(), address.bytes.begin());
  }
  return address.is_any() ? std::nullopt : std::optional(address);
}

void look_into(WindowsTerminalSession& session, const SessionQuestions& questions,
               const Withheld& withheld) {
  const auto info = questions.ask(WTSSessionInfo, [&](std::span<const std::byte> bytes) {
    if (bytes.size() < sizeof(WTSINFOW)) return;
    const auto& told = *reinterpret_cast<const WTSINFOW*>(bytes.data());
    session.user =
        account(windows_state::text_of(told.Domain), windows_state::text_of(told.UserName));
    session.started = time_of(told.LogonTime);
    session.last_input = time_of(told.LastInputTime);
  });
  if (!info) withheld("terminal session", std::to_string(session.id), info.error());
  // Sessions at the machine itself have no client; that is no failure.
  (void)questions.ask(WTSClientName, [&](std::span<const std::byte> bytes) {
    if (bytes.size() < sizeof(wchar_t)) return;
    session.client_name = windows_state::text_of(reinterpret_cast<const wchar_t*>(bytes.data()));
  });
  (void)questions.ask(WTSClientAddress, [&](std::span<const std::byte> bytes) {
    if (bytes.size() < sizeof(WTS_CLIENT_ADDRESS)) return;
    session.client_address =
        client_address(*reinterpret_cast<const WTS_CLIENT_ADDRESS*>(bytes.data()));
  });
}

WindowsLogon logon_of(const SECURITY_LOGON_SESSION_DATA& data) {
  WindowsLogon logon;
  logon.id = static_cast<std::uint64_t>(static_cast<std::uint32_t>(data.LogonId.HighPart)) << 32 |
             data.LogonId.LowPart;
  logon.user = account(text_of(data.LogonDomain), text_of(data.UserName));
  logon.sid = sid_text(data.Sid);
  logon.type = data.LogonType;
  logon.session_id = data.Session;
  logon.package = text_of(data.AuthenticationPackage);
  logon.server = text_of(data.LogonServer);
  logon.started = time_of(data.LogonTime);
  return logon;
}

}  // namespace

Result<std::vector<WindowsTerminalSession>> list_terminal_sessions(const Withheld& withheld) {
  using List = BOOL(WINAPI*)(HANDLE, DWORD, DWORD, WTS_SESSION_INFOW**, DWORD*);
  const auto list = look_up<List>(kTerminals, "WTSEnumerateSessionsW");
  const auto ask = look_up<SessionQuestions::Ask>(kTerminals, "WTSQuerySessionInformationW");
  const auto free = look_up<SessionQuestions::Free>(kTerminals, "WTSFreeMemory");
  if (list == nullptr || ask == nullptr || free == nullptr) return fail(missing("wtsapi32"));
  WTS_SESSION_INFOW* rows = nullptr;
  DWORD count = 0;
  if (list(WTS_CURRENT_SERVER_HANDLE, 0, 1, &rows, &count) == 0) {
    return fail(last_error("WTSEnumerateSessions"));
  }
  // The services have one on every system, and every system has its own logon.
  if (count == 0) return fail(ErrorCode::kIoError, "WTSEnumerateSessions: not even session 0");
  std::vector<WindowsTerminalSession> sessions;
  for (const WTS_SESSION_INFOW& row : std::span(rows, count)) {
    WindowsTerminalSession session;
    session.id = row.SessionId;
    session.station = windows_state::text_of(row.pWinStationName);
    const auto state = static_cast<std::size_t>(row.State);
    session.state =
        state < kStates.size() ? std::string(kStates[state]) : "state_" + std::to_string(state);
    look_into(session, {ask, free, row.SessionId}, withheld);
    sessions.push_back(std::move(session));
  }
  free(rows);
  return sessions;
}

Result<std::vector<WindowsLogon>> list_logons(const Withheld& withheld) {
  using List = LONG(WINAPI*)(ULONG*, LUID**);
  using Ask = LONG(WINAPI*)(LUID*, SECURITY_LOGON_SESSION_DATA**);
  using Free = LONG(WINAPI*)(void*);
  const auto list = look_up<List>(kSecurity, "LsaEnumerateLogonSessions");
  const auto ask = look_up<Ask>(kSecurity, "LsaGetLogonSessionData");
  const auto free = look_up<Free>(kSecurity, "LsaFreeReturnBuffer");
  if (list == nullptr || ask == nullptr || free == nullptr) {
    return fail(missing("LsaEnumerateLogonSessions"));
  }
  ULONG count = 0;
  LUID* ids = nullptr;
  if (const LONG status = list(&count, &ids); status < 0) {
    return fail(status_error(status, "LsaEnumerateLogonSessions"));
  }
  if (count == 0) {
    return fail(ErrorCode::kIoError, "LsaEnumerateLogonSessions: not even the system's own");
  }
  std::vector<WindowsLogon> logons;
  for (ULONG i = 0; i < count; ++i) {
    SECURITY_LOGON_SESSION_DATA* data = nullptr;
    const LONG status = ask(&ids[i], &data);
    if (status < 0 || data == nullptr) {
      withheld("logon session", std::to_string(ids[i].LowPart),
               status_error(status, "LsaGetLogonSessionData"));
      continue;
    }
    logons.push_back(logon_of(*data));
    free(data);
  }
  if (ids != nullptr) free(ids);
  return logons;
}

Result<std::vector<WindowsShareSession>> list_share_sessions() {
  // SESSION_INFO_10: the level that every administrator may ask for.
  struct Row {
    const wchar_t* client;
    const wchar_t* user;
    DWORD seconds_active;
    DWORD seconds_idle;
  };
  using List =
      DWORD(WINAPI*)(wchar_t*, wchar_t*, wchar_t*, DWORD, BYTE**, DWORD, DWORD*, DWORD*, DWORD*);
  using Free = DWORD(WINAPI*)(void*);
  const auto list = look_up<List>(L"netapi32.dll", "NetSessionEnum");
  const auto free = look_up<Free>(L"netapi32.dll", "NetApiBufferFree");
  if (list == nullptr || free == nullptr) return fail(missing("NetSessionEnum"));
  std::vector<WindowsShareSession> sessions;
  constexpr DWORD kLevel = 10;
  DWORD resume = 0;
  for (;;) {
    BYTE* rows = nullptr;
    DWORD count = 0;
    DWORD total = 0;
    const DWORD answer =
        list(nullptr, nullptr, nullptr, kLevel, &rows, MAXDWORD, &count, &total, &resume);
    if (answer != NO_ERROR && answer != ERROR_MORE_DATA) {
      constexpr DWORD kNoServerService = 2114;
      return fail(api_error(answer == kNoServerService ? ERROR_SERVICE_NOT_ACTIVE : answer,
                            "NetSessionEnum"));
    }
    for (const Row& row : std::span(reinterpret_cast<const Row*>(rows), count)) {
      sessions.push_back({windows_state::text_of(row.client), windows_state::text_of(row.user),
                          row.seconds_active, row.seconds_idle});
    }
    if (rows != nullptr) free(rows);
    if (answer == NO_ERROR || count == 0) return sessions;
  }
}

}  // namespace konseki::windows_state
