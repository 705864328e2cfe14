// Adapters, routes and neighbours, by the IP helper.
#include "agent/source/live/windows/state/ip_tables.h"
//
#include <array>
#include <bit>
#include <map>

#include "agent/source/live/windows/state/api.h"
#include "agent/source/live/windows/state/listings.h"

namespace konseki::windows_state {
namespace {

constexpr wchar_t kIpHelper[] = L"iphlpapi.dll";
constexpr ULONG kMaxAnswer = 64 * 1024 * 1024;

using FreeTable = void(WINAPI*)(void*);

// A table that the IP helper allocated; freed at the end.
template <class Table>
class HelperTable {
 public:
  HelperTable() = default;
  ~HelperTable() {
    const auto free = look_up<FreeTable>(kIpHelper, "FreeMibTable");
    if (table_ != nullptr && free != nullptr) free(table_);
  }
  HelperTable(const HelperTable&) = delete;
  HelperTable& operator=(const HelperTable&) = delete;

  Table** out() { return &table_; }
  std::span<const std::remove_reference_t<decltype(Table::Table[0])>> rows() const {
    return {table_->Table, table_->NumEntries};
  }

 private:
  Table* table_ = nullptr;
};

// Old functions that fill a buffer of ours.
template <class Table>
Result<std::vector<std::byte>> fill(const char* function) {
  using Ask = DWORD(WINAPI*)(Table*, ULONG*, BOOL);
  const auto ask = look_up<Ask>(kIpHelper, function);
  if (ask == nullptr) return fail(missing(function));
  std::vector<std::byte> buffer(64 * 1024);
  while (buffer.size() <= kMaxAnswer) {
    auto size = static_cast<ULONG>(buffer.size());
    const DWORD answer = ask(reinterpret_cast<Table*>(buffer.data()), &size, FALSE);
    if (answer == NO_ERROR) return buffer;
    if (answer == ERROR_NO_DATA) return std::vector<std::byte>(sizeof(Table));
    if (answer != ERROR_INSUFFICIENT_BUFFER) return fail(api_error(answer, function));
    buffer.resize(buffer.size() * 2);
  }
  return fail(ErrorCode::kLimitExceeded, std::string(function) + ": more than 64 MiB");
}

std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> traffic_by_index() {
  using Ask = DWORD(WINAPI*)(MIB_IF_TABLE2**);
  std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> traffic;
  const auto ask = look_up<Ask>(kIpHelper, "GetIfTable2");
  HelperTable<MIB_IF_TABLE2> table;
  if (ask == nullptr || ask(table.out()) != NO_ERROR) return traffic;
  for (const MIB_IF_ROW2& row : table.rows()) {
    traffic[row.InterfaceIndex] = {row.InOctets, row.OutOctets};
  }
  return traffic;
}

template <class Item>
void add_addresses(std::vector<IpAddress>& out, const Item* item) {
  for (; item != nullptr; item = item->Next) {
    if (const auto address = address_of(item->Address.lpSockaddr)) out.push_back(*address);
  }
}

WindowsAdapter adapter_of(const IP_ADAPTER_ADDRESSES& from) {
  WindowsAdapter adapter;
  adapter.id = from.AdapterName == nullptr ? "" : from.AdapterName;
  adapter.name = text_of(from.FriendlyName);
  adapter.description = text_of(from.Description);
  adapter.index = from.IfIndex != 0 ? from.IfIndex : from.Ipv6IfIndex;
  adapter.type = from.IfType;
  adapter.status = static_cast<std::uint32_t>(from.OperStatus);
  adapter.mtu = from.Mtu;
  adapter.mac =
      mac_of(from.PhysicalAddress, from.PhysicalAddressLength, sizeof(from.PhysicalAddress));
  for (const auto* at = from.FirstUnicastAddress; at != nullptr; at = at->Next) {
    if (const auto address = address_of(at->Address.lpSockaddr)) {
      adapter.addresses.push_back({*address, at->OnLinkPrefixLength});
    }
  }
  add_addresses(adapter.gateways, from.FirstGatewayAddress);
  add_addresses(adapter.name_servers, from.FirstDnsServerAddress);
  if (from.Dhcpv4Enabled != 0) adapter.dhcp_server = address_of(from.Dhcpv4Server.lpSockaddr);
  adapter.dns_suffix = text_of(from.DnsSuffix);
  return adapter;
}

Result<std::vector<WindowsRoute>> old_routes() {
  KONSEKI_ASSIGN(const auto bytes, fill<MIB_IPFORWARDTABLE>("GetIpForwardTable"));
  const auto& table = *reinterpret_cast<const MIB_IPFORWARDTABLE*>(bytes.data());
  std::vector<WindowsRoute> routes;
  for (DWORD i = 0; i < table.dwNumEntries; ++i) {
    const MIB_IPFORWARDROW& row = table.table[i];
    WindowsRoute route;
    route.destination = v4_address(row.dwForwardDest);
    route.prefix_length = static_cast<std::uint8_t>(std::popcount(row.dwForwardMask));
    route.gateway = v4_address(row.dwForwardNextHop);
    route.interface_index = row.dwForwardIfIndex;
    route.metric = row.dwForwardMetric1;
    route.protocol = static_cast<std::uint32_t>(row.dwForwardProto);
    routes.push_back(route);
  }
  return routes;
}

Result<std::vector<WindowsNeighbour>> old_neighbours() {
  KONSEKI_ASSIGN(const auto bytes, fill<MIB_IPNETTABLE>("GetIpNetTable"));
  const auto& table = *reinterpret_cast<const MIB_IPNETTABLE*>(bytes.data());
  std::vector<WindowsNeighbour> neighbours;
  constexpr DWORD kInvalid = 2;
  constexpr DWORD kStatic = 4;
  for (DWORD i = 0; i < table.dwNumEntries; ++i) {
    const MIB_IPNETROW& row = table.table[i];
    if (row.dwType == kInvalid) continue;
    WindowsNeighbour neighbour;
    neighbour.address = v4_address(row.dwAddr);
    neighbour.mac = mac_of(row.bPhysAddr, row.dwPhysAddrLen, sizeof(row.bPhysAddr));
    neighbour.interface_index = row.dwIndex;
    neighbour.state = row.dwType == kStatic ? "permanent" : "reachable";
    neighbours.push_back(std::move(neighbour));
  }
  return neighbours;
}

}  // namespace

Result<std::vector<WindowsAdapter>> list_adapters() {
  using Ask = ULONG(WINAPI*)(ULONG, ULONG, void*, IP_ADAPTER_ADDRESSES*, ULONG*);
  const auto ask = look_up<Ask>(kIpHelper, "GetAdaptersAddresses");
  if (ask == nullptr) return fail(missing("GetAdaptersAddresses"));
  constexpr ULONG kFlags = GAA_FLAG_INCLUDE_GATEWAYS | GAA_FLAG_SKIP_ANYCAST |
                           GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_INCLUDE_ALL_INTERFACES;
  std::vector<std::byte> buffer(64 * 1024);
  for (;;) {
    auto size = static_cast<ULONG>(buffer.size());
    const ULONG answer = ask(AF_UNSPEC, kFlags, nullptr,
                             reinterpret_cast<IP_ADAPTER_ADDRESSES*>(buffer.data()), &size);
    if (answer == NO_ERROR) break;
    if (answer == ERROR_NO_DATA) return std::vector<WindowsAdapter>{};
    if (answer != ERROR_BUFFER_OVERFLOW) return fail(api_error(answer, "GetAdaptersAddresses"));
    if (buffer.size() > kMaxAnswer) {
      return fail(ErrorCode::kLimitExceeded, "GetAdaptersAddresses: more than 64 MiB");
    }
    buffer.resize(std::max<std::size_t>(size, buffer.size() * 2));
  }
  const auto traffic = traffic_by_index();
  std::vector<WindowsAdapter> adapters;
  for (const auto* at = reinterpret_cast<const IP_ADAPTER_ADDRESSES*>(buffer.data()); at != nullptr;
       at = at->Next) {
    WindowsAdapter adapter = adapter_of(*at);
    if (const auto found = traffic.find(adapter.index); found != traffic.end()) {
      adapter.received_bytes = found->second.first;
      adapter.sent_bytes = found->second.second;
    }
    adapters.push_back(std::move(adapter));
  }
  return adapters;
}

Result<std::vector<WindowsRoute>> list_routes() {
  using Ask = DWORD(WINAPI*)(USHORT, MIB_IPFORWARD_TABLE2**);
  const auto ask = look_up<Ask>(kIpHelper, "GetIpForwardTable2");
  HelperTable<MIB_IPFORWARD_TABLE2> table;
  if (ask == nullptr || ask(AF_UNSPEC, table.out()) != NO_ERROR) return old_routes();
  std::vector<WindowsRoute> routes;
  for (const MIB_IPFORWARD_ROW2& row : table.rows()) {
    WindowsRoute route;
    route.destination = address_of(row.DestinationPrefix.Prefix);
    route.prefix_length = row.DestinationPrefix.PrefixLength;
    route.gateway = address_of(row.NextHop);
    route.interface_index = row.InterfaceIndex;
    route.metric = row.Metric;
    route.protocol = static_cast<std::uint32_t>(row.Protocol);
    route.loopback = row.Loopback != 0;
    routes.push_back(route);
  }
  return routes;
}

Result<std::vector<WindowsNeighbour>> list_neighbours() {
  using Ask = DWORD(WINAPI*)(USHORT, MIB_IPNET_TABLE2**);
  constexpr auto kStates = std::to_array<std::string_view>(
      {"unreachable", "incomplete", "probe", "delay", "stale", "reachable", "permanent"});
  const auto ask = look_up<Ask>(kIpHelper, "GetIpNetTable2");
  HelperTable<MIB_IPNET_TABLE2> table;
  if (ask == nullptr || ask(AF_UNSPEC, table.out()) != NO_ERROR) return old_neighbours();
  std::vector<WindowsNeighbour> neighbours;
  for (const MIB_IPNET_ROW2& row : table.rows()) {
    WindowsNeighbour neighbour;
    neighbour.address = address_of(row.Address);
    neighbour.mac =
        mac_of(row.PhysicalAddress, row.PhysicalAddressLength, sizeof(row.PhysicalAddress));
    neighbour.interface_index = row.InterfaceIndex;
    const auto state = static_cast<std::size_t>(row.State);
    neighbour.state =
        state < kStates.size() ? std::string(kStates[state]) : "state_" + std::to_string(state);
    neighbours.push_back(std::move(neighbour));
  }
  return neighbours;
}

}  // namespace konseki::windows_state
