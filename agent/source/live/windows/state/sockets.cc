// TCP and UDP end points and who holds them, by GetExtendedTcpTable and GetExtendedUdpTable.
#include "agent/source/live/windows/state/ip_tables.h"
//
#include <tlhelp32.h>

#include <array>
#include <map>

#include "agent/base/windows/handle.h"
#include "agent/source/live/windows/state/api.h"
#include "agent/source/live/windows/state/listings.h"

namespace konseki::windows_state {
namespace {

constexpr std::size_t kMaxTable = 256 * 1024 * 1024;
constexpr auto kStates = std::to_array<std::string_view>(
    {"", "CLOSE", "LISTEN", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2",
     "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT", "DELETE_TCB"});
constexpr DWORD kListen = 2;

using ProcessNames = std::map<std::uint32_t, std::string>;

void add_process_names(ProcessNames& names) {
  const Handle list(::CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  if (!list) return;
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof(entry);
  for (BOOL more = ::Process32FirstW(list.get(), &entry); more != 0;
       more = ::Process32NextW(list.get(), &entry)) {
    names[entry.th32ProcessID] = text_of(entry.szExeFile);
  }
}

std::uint16_t port_of(DWORD network_order) {
  return static_cast<std::uint16_t>((network_order & 0xFFU) << 8 | (network_order >> 8 & 0xFFU));
}

// One table, asked again while it grows.
template <class Ask>
Result<std::vector<std::byte>> read_table(Ask ask, std::string action) {
  DWORD size = 0;
  std::vector<std::byte> table;
  for (int attempt = 0; attempt < 8; ++attempt) {
    const DWORD answer = ask(table.data(), &size);
    if (answer == NO_ERROR) return table;
    if (answer != ERROR_INSUFFICIENT_BUFFER) return fail(api_error(answer, std::move(action)));
    if (size > kMaxTable) break;
    table.resize(size + size / 4);
    size = static_cast<DWORD>(table.size());
  }
  return fail(ErrorCode::kLimitExceeded, action + ": a table that never stops growing");
}

// The service in a shared process, where the stack kept its tag.
template <class Row>
std::string module_of(Row row, const char* function) {
  using Ask = DWORD(WINAPI*)(Row*, int, void*, DWORD*);
  static const auto kAsk = look_up<Ask>(L"iphlpapi.dll", function);
  if (kAsk == nullptr || row.dwOwningPid == 0) return {};
  std::array<std::byte, 4096> answer{};
  auto size = static_cast<DWORD>(answer.size());
  constexpr int kBasic = 0;
  if (kAsk(&row, kBasic, answer.data(), &size) != NO_ERROR) return {};
  return text_of(
      reinterpret_cast<const TCPIP_OWNER_MODULE_BASIC_INFO*>(answer.data())->pModuleName);
}

template <class Row>
void set_owner(WindowsSocket& socket, const Row& row) {
  if (row.dwOwningPid != 0) socket.pid = row.dwOwningPid;
  if (row.liCreateTimestamp.QuadPart > 0) {
    socket.created =
        Timestamp::from_filetime(static_cast<std::uint64_t>(row.liCreateTimestamp.QuadPart));
  }
}

template <class Row>
void set_tcp(WindowsSocket& socket, const Row& row) {
  socket.state = row.dwState < kStates.size() ? std::string(kStates[row.dwState])
                                              : "state_" + std::to_string(row.dwState);
  socket.local_port = port_of(row.dwLocalPort);
  if (row.dwState == kListen) socket.remote.reset();
  if (socket.remote) socket.remote_port = port_of(row.dwRemotePort);
}

WindowsSocket socket_of(const MIB_TCPROW_OWNER_MODULE& row) {
  WindowsSocket socket{.protocol = "tcp"};
  socket.local = v4_address(row.dwLocalAddr);
  socket.remote = v4_address(row.dwRemoteAddr);
  set_tcp(socket, row);
  set_owner(socket, row);
  socket.module = module_of(row, "GetOwnerModuleFromTcpEntry");
  return socket;
}

WindowsSocket socket_of(const MIB_TCP6ROW_OWNER_MODULE& row) {
  WindowsSocket socket{.protocol = "tcp6"};
  socket.local = v6_address(row.ucLocalAddr);
  socket.remote = v6_address(row.ucRemoteAddr);
  set_tcp(socket, row);
  set_owner(socket, row);
  socket.module = module_of(row, "GetOwnerModuleFromTcp6Entry");
  return socket;
}

WindowsSocket socket_of(const MIB_UDPROW_OWNER_MODULE& row) {
  WindowsSocket socket{.protocol = "udp", .state = "UNCONN"};
  socket.local = v4_address(row.dwLocalAddr);
  socket.local_port = port_of(row.dwLocalPort);
  set_owner(socket, row);
  socket.module = module_of(row, "GetOwnerModuleFromUdpEntry");
  return socket;
}

WindowsSocket socket_of(const MIB_UDP6ROW_OWNER_MODULE& row) {
  WindowsSocket socket{.protocol = "udp6", .state = "UNCONN"};
  socket.local = v6_address(row.ucLocalAddr);
  socket.local_port = port_of(row.dwLocalPort);
  set_owner(socket, row);
  socket.module = module_of(row, "GetOwnerModuleFromUdp6Entry");
  return socket;
}

using AskTable = DWORD(WINAPI*)(void*, DWORD*, BOOL, ULONG, int, ULONG);

template <class Table>
Result<void> add_table(std::vector<WindowsSocket>& sockets, const char* function, ULONG family,
                       int table_class) {
  const auto ask = look_up<AskTable>(L"iphlpapi.dll", function);
  if (ask == nullptr) return fail(missing(function));
  KONSEKI_ASSIGN(
      const std::vector<std::byte> bytes,
      read_table(
          [&](void* table, DWORD* size) { return ask(table, size, FALSE, family, table_class, 0); },
          function));
  if (bytes.size() < sizeof(Table)) return {};
  const auto& table = *reinterpret_cast<const Table*>(bytes.data());
  const std::size_t room = (bytes.size() - offsetof(Table, table)) / sizeof(table.table[0]);
  for (std::size_t i = 0; i < std::min<std::size_t>(table.dwNumEntries, room); ++i) {
    sockets.push_back(socket_of(table.table[i]));
  }
  return {};
}

}  // namespace

Result<std::vector<WindowsSocket>> list_sockets(const Withheld& withheld) {
  std::vector<WindowsSocket> sockets;
  ProcessNames names;
  add_process_names(names);
  const auto note = [&](std::string_view what, const Result<void>& read) {
    if (!read) withheld("socket table", what, read.error());
  };
  constexpr int kTcpModule = 8;  // TCP_TABLE_OWNER_MODULE_ALL
  constexpr int kUdpModule = 2;  // UDP_TABLE_OWNER_MODULE
  note("tcp",
       add_table<MIB_TCPTABLE_OWNER_MODULE>(sockets, "GetExtendedTcpTable", AF_INET, kTcpModule));
  note("tcp6",
       add_table<MIB_TCP6TABLE_OWNER_MODULE>(sockets, "GetExtendedTcpTable", AF_INET6, kTcpModule));
  note("udp",
       add_table<MIB_UDPTABLE_OWNER_MODULE>(sockets, "GetExtendedUdpTable", AF_INET, kUdpModule));
  note("udp6",
       add_table<MIB_UDP6TABLE_OWNER_MODULE>(sockets, "GetExtendedUdpTable", AF_INET6, kUdpModule));
  // Before and after: a holder that began or ended meanwhile has a name in one of the two.
  add_process_names(names);
  for (WindowsSocket& socket : sockets) {
    if (!socket.pid) continue;
    if (const auto found = names.find(*socket.pid); found != names.end()) {
      socket.process = found->second;
    }
  }
  return sockets;
}

}  // namespace konseki::windows_state
