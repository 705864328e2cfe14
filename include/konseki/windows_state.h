// WindowsState: what a running Windows tells of itself, without Windows' types, so that collectors
// are built and tested on every system.
//
// Texts are WTF-8 as the system gives them: paths with '\', device names unresolved. A field that
// is empty or absent was not told; when it was refused, `withheld` was called as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/ip_address.h"
#include "konseki/live_host.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

// Called for every single thing that could not be looked at. `kind` is the same for all of one
// kind ("process command line"), `what` names the one ("lsass.exe (680)").
using Withheld =
    std::function<void(std::string_view kind, std::string_view what, const Error& error)>;

struct WindowsProcess {
  std::uint32_t pid = 0;
  std::uint32_t parent_pid = 0;
  std::uint32_t session_id = 0;
  std::uint32_t threads = 0;
  std::string name{};                         // file name as the kernel keeps it
  std::string exe{};                          // path of the program, Win32 form where it has one
  std::optional<bool> exe_exists{};           // a file of that name is there now
  std::optional<std::string> command_line{};  // the process may overwrite it
  std::string working_directory{};
  std::optional<Timestamp> started{};
  std::optional<std::uint64_t> cpu_milliseconds{};
  std::optional<std::uint64_t> memory{};  // working set, bytes
  std::string user_sid{};  // names are not looked up: a domain would be asked over the network
  std::optional<std::uint32_t> integrity{};   // RID of the label: 0x2000 medium, 0x3000 high, ...
  std::optional<bool> elevated{};             // the token's own word
  std::optional<std::uint32_t> protection{};  // PS_PROTECTION byte; 0: not protected
  std::optional<bool> is_32_bit{};            // runs under WOW64
  std::optional<std::uint64_t> image_base{};  // where the program should be mapped, by the PEB
  std::string mapped_image{};                 // device path of what is mapped there
  std::optional<bool> image_is_private{};     // memory there belongs to no file
  std::optional<std::vector<std::string>> modules{};  // paths, in load order
};

struct WindowsSocket {
  std::string protocol{};  // tcp, tcp6, udp, udp6
  std::string state{};     // LISTEN, ESTABLISHED, ...; UNCONN for UDP
  IpAddress local{};
  std::uint16_t local_port = 0;
  std::optional<IpAddress> remote{};
  std::uint16_t remote_port = 0;
  std::optional<std::uint32_t> pid{};  // absent: not told
  std::string process{};               // name of pid; empty: no such process in the listing
  std::string module{};                // service or module that made it, where told
  std::optional<Timestamp> created{};
};

struct WindowsDnsEntry {
  std::string name{};
  std::uint16_t type = 0;           // RFC 1035 number: 1 A, 5 CNAME, 28 AAAA
  std::vector<std::string> data{};  // addresses or names; empty: none in the cache, or not told
  std::optional<std::uint32_t> seconds_left{};
};

struct WindowsAdapterAddress {
  IpAddress address{};
  std::uint8_t prefix_length = 0;
};

struct WindowsAdapter {
  std::string id{};    // "{GUID}"
  std::string name{};  // as people see it; they may change it
  std::string description{};
  std::uint32_t index = 0;
  std::uint32_t type = 0;    // IF_TYPE_ number: 6 Ethernet, 24 loopback, 71 Wi-Fi, 131 tunnel
  std::uint32_t status = 0;  // IfOperStatus number: 1 up, 2 down
  std::uint32_t mtu = 0;
  std::vector<std::uint8_t> mac{};
  std::vector<WindowsAdapterAddress> addresses{};
  std::vector<IpAddress> gateways{};
  std::vector<IpAddress> name_servers{};
  std::optional<IpAddress> dhcp_server{};
  std::string dns_suffix{};
  std::optional<std::uint64_t> received_bytes{};
  std::optional<std::uint64_t> sent_bytes{};
};

struct WindowsRoute {
  IpAddress destination{};
  std::uint8_t prefix_length = 0;
  IpAddress gateway{};  // any: directly connected
  std::uint32_t interface_index = 0;
  std::uint32_t metric = 0;
  std::uint32_t protocol = 0;  // MIB_IPPROTO_ number: 2 local, 3 set by hand
  bool loopback = false;
};

struct WindowsNeighbour {
  IpAddress address{};
  std::vector<std::uint8_t> mac{};
  std::uint32_t interface_index = 0;
  std::string state{};  // permanent, reachable, stale, delay, probe, incomplete, unreachable
};

// A session of the terminal services: a desk, a screen, or none (session 0).
struct WindowsTerminalSession {
  std::uint32_t id = 0;
  std::string station{};  // "Console", "RDP-Tcp#3"
  std::string user{};     // "DOMAIN\name"; empty when nobody is logged on
  std::string state{};    // active, connected, disconnected, listening, ...
  std::string client_name{};
  std::optional<IpAddress> client_address{};
  std::optional<Timestamp> started{};
  std::optional<Timestamp> last_input{};
};

// A logon session of the security authority, network and service logons included.
struct WindowsLogon {
  std::uint64_t id = 0;  // LUID, as event logs have it
  std::string user{};    // "DOMAIN\name"
  std::string sid{};
  std::uint32_t type = 0;  // SECURITY_LOGON_TYPE number: 2 interactive, 3 network, 10 remote
  std::uint32_t session_id = 0;
  std::string package{};  // Kerberos, NTLM, ...
  std::string server{};   // that vouched for it
  std::optional<Timestamp> started{};
};

// A session of another machine on our file shares.
struct WindowsShareSession {
  std::string client{};
  std::string user{};
  std::uint64_t seconds_active = 0;
  std::uint64_t seconds_idle = 0;
};

struct WindowsService {
  std::string name{};
  std::string display_name{};
  std::uint32_t type = 0;   // SERVICE_ bits, as in the registry
  std::uint32_t state = 0;  // 1 stopped .. 4 running .. 7 paused
  std::optional<std::uint32_t> pid{};
  std::uint32_t exit_code = 0;
  std::optional<std::uint32_t> start{};  // absent with the four below: its settings were refused
  std::string image_path{};
  std::string account{};
};

struct WindowsDriver {
  std::string path{};  // "\SystemRoot\System32\drivers\x.sys"
  std::uint32_t size = 0;
  std::uint32_t order = 0;  // of loading
};

struct WindowsVolume {
  std::string name{};    // "\\?\Volume{GUID}\"; empty for drive letters without a volume
  std::string device{};  // "\Device\HarddiskVolume3", "\??\C:\folder" for a substituted letter
  std::vector<std::string> points{};  // "C:\", "D:\mounted\"
  std::uint32_t drive_type = 0;       // GetDriveType number: 2 removable, 3 fixed, 4 network, 5 CD
  std::string file_system{};          // empty: not recognised, or no medium
  std::string label{};
  std::optional<std::uint32_t> serial{};
  std::optional<std::uint64_t> size{};
  std::optional<std::uint64_t> free{};
  std::optional<bool> read_only{};
};

struct WindowsValue {
  std::string name{};  // empty: the key's default
  std::uint32_t type = 0;
  std::vector<std::byte> data{};
};

struct WindowsKey {
  Timestamp last_written{};
  std::vector<std::string> subkeys{};
  std::vector<WindowsValue> values{};
};

struct WindowsMachine {
  std::string computer_name{};
  std::string domain{};
  std::uint32_t processors = 0;
  std::optional<std::uint64_t> memory_total{};  // bytes
  std::optional<std::uint64_t> memory_available{};
  std::uint64_t uptime_seconds = 0;
  bool safe_mode = false;
};

// Every call asks anew; none changes anything but our own token's privileges. Not thread-safe.
// An Error means that nothing could be listed; kUnsupported: this Windows has no such thing.
class WindowsState {
 public:
  virtual ~WindowsState() = default;

  virtual Result<std::vector<WindowsProcess>> processes(const Withheld& withheld) = 0;
  virtual Result<std::vector<WindowsSocket>> sockets(const Withheld& withheld) = 0;
  // From the cache alone: nothing is sent.
  virtual Result<std::vector<WindowsDnsEntry>> dns_cache(const Withheld& withheld) = 0;
  virtual Result<std::vector<WindowsAdapter>> adapters() = 0;
  virtual Result<std::vector<WindowsRoute>> routes() = 0;
  virtual Result<std::vector<WindowsNeighbour>> neighbours() = 0;
  virtual Result<std::vector<WindowsTerminalSession>> terminal_sessions(
      const Withheld& withheld) = 0;
  virtual Result<std::vector<WindowsLogon>> logons(const Withheld& withheld) = 0;
  virtual Result<std::vector<WindowsShareSession>> share_sessions() = 0;
  virtual Result<std::vector<WindowsService>> services(const Withheld& withheld) = 0;
  virtual Result<std::vector<WindowsDriver>> drivers() = 0;
  virtual Result<std::vector<WindowsVolume>> volumes(const Withheld& withheld) = 0;
  virtual Result<WindowsMachine> machine() = 0;
  virtual Result<ClockState> clock() = 0;
  // A live key below HKEY_LOCAL_MACHINE, '\' separated, in the 64-bit view; kNotFound is "there is
  // none". Keys with more than 64 MiB of names and values are refused (kLimitExceeded).
  virtual Result<WindowsKey> machine_key(std::string_view path) = 0;
};

}  // namespace konseki
