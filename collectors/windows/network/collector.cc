// The collector windows.network.
#include "konseki/collector.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>

#include "collectors/live/record_fields.h"
#include "collectors/windows/live/gap_tally.h"
#include "collectors/windows/network/network_schemas.h"

namespace konseki {
namespace {

using live::set_list;
using live::set_text;
using live::set_uint;

constexpr std::array<const RecordSchema*, 4> kSchemas{&kWindowsInterfaceSchema,
                                                      &kWindowsAddressSchema, &kWindowsRouteSchema,
                                                      &kWindowsNeighbourSchema};

std::string mac_text(const std::vector<std::uint8_t>& mac) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : mac) {
    if (!text.empty()) text += ':';
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::vector<std::string> texts_of(const std::vector<IpAddress>& addresses) {
  std::vector<std::string> texts;
  for (const IpAddress& address : addresses) texts.push_back(address.text());
  return texts;
}

// IF_OPER_STATUS of RFC 2863.
std::string status_name(std::uint32_t status) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"", "up", "down", "testing", "unknown", "dormant", "not_present", "lower_down"});
  return status > 0 && status < kNames.size() ? std::string(kNames[status])
                                              : "status_" + std::to_string(status);
}

// MIB_IPPROTO_.
std::string route_kind(const WindowsRoute& route) {
  constexpr std::uint32_t kLocal = 2;
  constexpr std::uint32_t kByHand = 3;
  if (route.loopback || route.protocol == kLocal) return "local";
  return route.protocol == kByHand ? "static" : "other_" + std::to_string(route.protocol);
}

class WindowsNetwork : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.network",
        .os = OperatingSystem::kWindows,
        .volatility = Volatility::kNetwork,
        .needs_privilege = false,
        .schemas = kSchemas,
        .description = {"Neighbours (ARP), routes, interfaces, addresses and name servers",
                        "ARP・近隣キャッシュ、経路、ネットワークインターフェース、アドレス、DNS "
                        "サーバー"}};
    return kInfo;
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    KONSEKI_ASSIGN(WindowsState * state, windows::windows_state_of(host));
    windows::GapTally gaps;
    // What runs out first is asked first; names of the interfaces come with the adapters.
    const auto neighbours = state->neighbours();
    const auto routes = state->routes();
    const auto adapters = state->adapters();
    if (adapters) {
      for (const WindowsAdapter& adapter : *adapters) add_adapter(adapter, sink);
    } else {
      gaps.add("adapters", "adapters", adapters.error());
    }
    if (neighbours) {
      for (const WindowsNeighbour& each : *neighbours) add_neighbour(each, *neighbours, sink);
    } else {
      gaps.add("neighbours (ARP)", "neighbours", neighbours.error());
    }
    if (routes) {
      for (const WindowsRoute& route : *routes) add_route(route, sink);
    } else {
      gaps.add("routes", "routes", routes.error());
    }
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  std::string interface_name(std::uint32_t index) const {
    const auto found = names_.find(index);
    return found == names_.end() ? "interface " + std::to_string(index) : found->second;
  }

  void add_adapter(const WindowsAdapter& adapter, Sink& sink) {
    names_[adapter.index] = adapter.name.empty() ? adapter.description : adapter.name;
    for (const IpAddress& gateway : adapter.gateways) gateways_.insert(gateway.text());
    Record record(kWindowsInterfaceSchema);
    record.source.path = "live/interface/" + adapter.id;
    set_text(record, "name", adapter.name);
    set_text(record, "description", adapter.description);
    set_text(record, "id", adapter.id);
    record.set("index", std::uint64_t{adapter.index});
    set_text(record, "mac_address", mac_text(adapter.mac));
    record.set("state", status_name(adapter.status));
    record.set("up", adapter.status == 1);
    // Loopback has none and says so with the largest number.
    if (adapter.mtu != ~std::uint32_t{0}) record.set("mtu", std::uint64_t{adapter.mtu});
    record.set("type", std::uint64_t{adapter.type});
    set_list(record, "gateways", texts_of(adapter.gateways));
    set_list(record, "name_servers", texts_of(adapter.name_servers));
    if (adapter.dhcp_server) record.set("dhcp_server", adapter.dhcp_server->text());
    set_text(record, "dns_suffix", adapter.dns_suffix);
    set_uint(record, "received_bytes", adapter.received_bytes);
    set_uint(record, "sent_bytes", adapter.sent_bytes);
    sink.emit(std::move(record));
    for (const WindowsAdapterAddress& each : adapter.addresses) {
      Record address(kWindowsAddressSchema);
      address.source.path = "live/interface/" + adapter.id;
      address.set("address", each.address.text());
      address.set("prefix_length", std::uint64_t{each.prefix_length});
      address.set("interface", interface_name(adapter.index));
      sink.emit(std::move(address));
    }
  }

  void add_neighbour(const WindowsNeighbour& neighbour, const std::vector<WindowsNeighbour>& all,
                     Sink& sink) const {
    Record record(kWindowsNeighbourSchema);
    record.source.path = "live/neighbour";
    record.set("address", neighbour.address.text());
    set_text(record, "mac_address", mac_text(neighbour.mac));
    record.set("interface", interface_name(neighbour.interface_index));
    set_text(record, "state", neighbour.state);
    const bool shared = gateways_.contains(neighbour.address.text()) && !neighbour.mac.empty() &&
                        std::ranges::any_of(all, [&](const WindowsNeighbour& other) {
                          return other.mac == neighbour.mac &&
                                 other.interface_index == neighbour.interface_index &&
                                 other.address.is_v6 == neighbour.address.is_v6 &&
                                 !(other.address == neighbour.address);
                        });
    if (shared) record.set("signs", std::vector<std::string>{"gateway_shares_mac"});
    sink.emit(std::move(record));
  }

  void add_route(const WindowsRoute& route, Sink& sink) const {
    Record record(kWindowsRouteSchema);
    record.source.path = "live/route";
    record.set("destination", route.destination.text());
    record.set("prefix_length", std::uint64_t{route.prefix_length});
    if (!route.gateway.is_any()) record.set("gateway", route.gateway.text());
    record.set("interface", interface_name(route.interface_index));
    record.set("metric", std::uint64_t{route.metric});
    record.set("kind", route_kind(route));
    sink.emit(std::move(record));
  }

  std::map<std::uint32_t, std::string> names_;
  std::set<std::string> gateways_;
};

}  // namespace

std::unique_ptr<Collector> make_windows_network() { return std::make_unique<WindowsNetwork>(); }

}  // namespace konseki
