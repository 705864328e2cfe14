#include "agent/source/live/windows/windows_state.h"

#include "agent/base/windows/handle.h"
#include "agent/source/live/windows/state/listings.h"

namespace konseki {
namespace {

// Without it other users' processes are closed even to administrators.
void enable_debug_privilege() {
  HANDLE raw = nullptr;
  if (::OpenProcessToken(::GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &raw) == 0) {
    return;
  }
  const Handle token(raw);
  TOKEN_PRIVILEGES wanted{};
  wanted.PrivilegeCount = 1;
  wanted.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
  if (::LookupPrivilegeValueW(nullptr, L"SeDebugPrivilege", &wanted.Privileges[0].Luid) == 0) {
    return;
  }
  // A token without it answers success and changes nothing; every refusal is told later.
  (void)::AdjustTokenPrivileges(token.get(), FALSE, &wanted, 0, nullptr, nullptr);
}

class ApiWindowsState : public WindowsState {
 public:
  Result<std::vector<WindowsProcess>> processes(const Withheld& withheld) override {
    return windows_state::list_processes(withheld);
  }
  Result<std::vector<WindowsSocket>> sockets(const Withheld& withheld) override {
    return windows_state::list_sockets(withheld);
  }
  Result<std::vector<WindowsDnsEntry>> dns_cache(const Withheld& withheld) override {
    return windows_state::list_dns_cache(withheld);
  }
  Result<std::vector<WindowsAdapter>> adapters() override { return windows_state::list_adapters(); }
  Result<std::vector<WindowsRoute>> routes() override { return windows_state::list_routes(); }
  Result<std::vector<WindowsNeighbour>> neighbours() override {
    return windows_state::list_neighbours();
  }
  Result<std::vector<WindowsTerminalSession>> terminal_sessions(const Withheld& withheld) override {
    return windows_state::list_terminal_sessions(withheld);
  }
  Result<std::vector<WindowsLogon>> logons(const Withheld& withheld) override {
    return windows_state::list_logons(withheld);
  }
  Result<std::vector<WindowsShareSession>> share_sessions() override {
    return windows_state::list_share_sessions();
  }
  Result<std::vector<WindowsService>> services(const Withheld& withheld) override {
    return windows_state::list_services(withheld);
  }
  Result<std::vector<WindowsDriver>> drivers() override { return windows_state::list_drivers(); }
  Result<std::vector<WindowsVolume>> volumes(const Withheld& withheld) override {
    return windows_state::list_volumes(withheld);
  }
  Result<WindowsMachine> machine() override { return windows_state::read_machine(); }
  Result<ClockState> clock() override { return windows_state::read_clock(); }
  Result<WindowsKey> machine_key(std::string_view path) override {
    return windows_state::read_machine_key(path);
  }
};

}  // namespace

std::unique_ptr<WindowsState> make_windows_state() {
  enable_debug_privilege();
  return std::make_unique<ApiWindowsState>();
}

}  // namespace konseki
