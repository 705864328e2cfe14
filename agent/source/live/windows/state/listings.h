// The listings behind WindowsState, one file each.
#pragma once

#include <string_view>
#include <vector>

#include "konseki/windows_state.h"

namespace konseki::windows_state {

Result<std::vector<WindowsProcess>> list_processes(const Withheld& withheld);
Result<std::vector<WindowsSocket>> list_sockets(const Withheld& withheld);
Result<std::vector<WindowsDnsEntry>> list_dns_cache(const Withheld& withheld);
Result<std::vector<WindowsAdapter>> list_adapters();
Result<std::vector<WindowsRoute>> list_routes();
Result<std::vector<WindowsNeighbour>> list_neighbours();
Result<std::vector<WindowsTerminalSession>> list_terminal_sessions(const Withheld& withheld);
Result<std::vector<WindowsLogon>> list_logons(const Withheld& withheld);
Result<std::vector<WindowsShareSession>> list_share_sessions();
Result<std::vector<WindowsService>> list_services(const Withheld& withheld);
Result<std::vector<WindowsDriver>> list_drivers();
Result<std::vector<WindowsVolume>> list_volumes(const Withheld& withheld);
Result<WindowsMachine> read_machine();
Result<ClockState> read_clock();
Result<WindowsKey> read_machine_key(std::string_view path);

}  // namespace konseki::windows_state
