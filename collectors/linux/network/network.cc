// The collector linux.network.
#include <array>
#include <map>
#include <memory>
#include <vector>

#include "agent/base/parse_number.h"
#include "collectors/linux/network/network_line.h"
#include "collectors/linux/network/network_schemas.h"
#include "collectors/linux/network/resolver.h"
#include "collectors/linux/procfs/network_namespace.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/record_fields.h"
#include "collectors/linux/procfs/text.h"
#include "konseki/collector.h"

namespace konseki {
namespace {

using network::HostAddress;
using network::ResolverEntry;
using network::Route;
using procfs::NetworkNamespace;

constexpr std::array<const RecordSchema*, 6> kSchemas{
    &kLinuxInterfaceSchema, &kLinuxAddressSchema,  &kLinuxRouteSchema,
    &kLinuxNeighbourSchema, &kLinuxResolverSchema, &kLinuxFirewallSchema};

// Routes kept to place addresses; a full Internet table (a million) is streamed past that.
constexpr std::size_t kMaxKeptRoutes = 10'000;
constexpr std::size_t kMaxHostsFile = 4 * 1024 * 1024;

constexpr std::uint32_t kUp = 0x1;             // IFF_UP
constexpr std::uint32_t kPromiscuous = 0x100;  // IFF_PROMISC

// One namespace being read: where to, and the facts that every record of it carries.
struct Reading {
  FileSystem& kernel;
  const NetworkNamespace& space;
  Sink& sink;
  procfs::GapTally& gaps;

  std::string path(std::string_view table) const { return space.window + "/" + std::string(table); }

  Record record(const RecordSchema& schema, const std::string& path) const {
    Record record(schema);
    record.source.path = "/" + path;
    procfs::set_uint(record, "network_namespace", space.number);
    if (!space.own) record.set("other_namespace", true);
    return record;
  }

  template <class Use>
  void lines(std::string_view table, Use use) const {
    const auto read = procfs::for_each_line(kernel, path(table), [&](std::string_view line) {
      use(line);
      return true;
    });
    if (!read) gaps.add("/proc/*/net/" + std::string(table), "/" + path(table), read.error());
  }
};

void emit_route(const Reading& reading, std::string_view table, const Route& route) {
  Record record = reading.record(kLinuxRouteSchema, reading.path(table));
  record.set("destination", route.destination.text());
  record.set("prefix_length", std::uint64_t{route.prefix_length});
  if (route.gateway) record.set("gateway", route.gateway->text());
  procfs::set_text(record, "interface", route.interface);
  record.set("metric", route.metric);
  record.set("kind", std::string(route.kind()));
  reading.sink.emit(std::move(record));
}

void emit_address(const Reading& reading, std::string_view table, const HostAddress& host) {
  Record record = reading.record(kLinuxAddressSchema, reading.path(table));
  record.set("address", host.address.text());
  procfs::set_uint(record, "prefix_length", host.prefix_length);
  procfs::set_text(record, "interface", host.interface);
  procfs::set_text(record, "scope", host.scope);
  reading.sink.emit(std::move(record));
}

// Routes and the addresses that follow from them.
void read_routes(const Reading& reading) {
  std::vector<Route> connected;
  reading.lines("route", [&](std::string_view line) {
    const auto route = network::parse_route_line(line);
    if (!route) return;
    emit_route(reading, "route", *route);
    if (!route->gateway && connected.size() < kMaxKeptRoutes) connected.push_back(*route);
  });
  reading.lines("ipv6_route", [&](std::string_view line) {
    if (const auto route = network::parse_v6_route_line(line)) {
      emit_route(reading, "ipv6_route", *route);
    }
  });
  network::LocalAddresses local;
  reading.lines("fib_trie", [&](std::string_view line) { local.feed(line); });
  for (const auto& address : local.addresses()) {
    emit_address(reading, "fib_trie", network::place_address(address, connected));
  }
  reading.lines("if_inet6", [&](std::string_view line) {
    if (const auto host = network::parse_v6_address_line(line)) {
      emit_address(reading, "if_inet6", *host);
    }
  });
}

void read_neighbours(const Reading& reading) {
  reading.lines("arp", [&](std::string_view line) {
    const auto neighbour = network::parse_arp_line(line);
    if (!neighbour) return;
    Record record = reading.record(kLinuxNeighbourSchema, reading.path("arp"));
    record.set("address", neighbour->address.text());
    record.set("mac_address", neighbour->mac_address);
    record.set("interface", neighbour->interface);
    record.set("state", std::string(neighbour->state()));
    reading.sink.emit(std::move(record));
  });
}

// What only /sys tells, which shows our own namespace alone.
void set_device(FileSystem& kernel, const std::string& name, Record& record) {
  // A name in /proc/net/dev never holds '/', but the text is evidence.
  if (name.find('/') != std::string::npos || name.starts_with('.')) return;
  const std::string base = "sys/class/net/" + name + "/";
  auto value = [&](std::string_view file) {
    return procfs::read_value(kernel, base + std::string(file)).value_or("");
  };
  procfs::set_uint(record, "index", parse_number<std::uint64_t>(value("ifindex")));
  procfs::set_text(record, "mac_address", value("address"));
  procfs::set_text(record, "state", value("operstate"));
  procfs::set_uint(record, "mtu", parse_number<std::uint64_t>(value("mtu")));
  procfs::set_uint(record, "type", parse_number<std::uint64_t>(value("type")));
  const std::string flags_text = value("flags");
  if (flags_text.starts_with("0x")) {
    const auto flags = parse_number<std::uint32_t>(std::string_view(flags_text).substr(2), 16);
    if (flags) {
      record.set("up", (*flags & kUp) != 0);
      record.set("promiscuous", (*flags & kPromiscuous) != 0);
    }
  }
  auto link_name = [&](std::string_view file) -> std::string {
    const auto link = kernel.stat(base + std::string(file));
    if (!link) return {};
    return link->link_target.substr(link->link_target.rfind('/') + 1);
  };
  procfs::set_text(record, "master", link_name("master"));
  procfs::set_text(record, "driver", link_name("device/driver"));
}

void read_interfaces(const Reading& reading) {
  reading.lines("dev", [&](std::string_view line) {
    const auto traffic = network::parse_dev_line(line);
    if (!traffic) return;
    Record record = reading.record(kLinuxInterfaceSchema, reading.path("dev"));
    record.set("name", traffic->interface);
    record.set("received_bytes", traffic->received_bytes);
    record.set("sent_bytes", traffic->sent_bytes);
    if (reading.space.own) set_device(reading.kernel, traffic->interface, record);
    reading.sink.emit(std::move(record));
  });
}

void read_firewall(const Reading& reading) {
  struct Family {
    std::string_view file;
    std::string_view name;
  };
  constexpr std::array<Family, 3> kFamilies{
      {{"ip_tables_names", "ipv4"}, {"ip6_tables_names", "ipv6"}, {"arp_tables_names", "arp"}}};
  for (const Family& family : kFamilies) {
    reading.lines(family.file, [&](std::string_view line) {
      if (procfs::trim(line).empty()) return;
      Record record = reading.record(kLinuxFirewallSchema, reading.path(family.file));
      record.set("family", std::string(family.name));
      record.set("table", std::string(procfs::trim(line)));
      reading.sink.emit(std::move(record));
    });
  }
}

class LinuxNetwork : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "linux.network",
        .os = OperatingSystem::kLinux,
        .volatility = Volatility::kNetwork,
        .needs_privilege = false,
        .schemas = kSchemas,
        .description = {
            "Interfaces, addresses, routes, ARP neighbours, resolver and firewall tables",
            "ネットワークインターフェース、アドレス、経路、ARP、名前解決、ファイア"
            "ウォールの表"}};
    return kInfo;
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    FileSystem& kernel = host.kernel();
    procfs::GapTally gaps;
    // Namespaces that may not be looked into are counted by linux.sockets already.
    procfs::GapTally counted_elsewhere;
    for (const NetworkNamespace& space :
         procfs::list_network_namespaces(kernel, counted_elsewhere)) {
      const Reading reading{kernel, space, sink, gaps};
      read_routes(reading);
      read_neighbours(reading);
      read_interfaces(reading);
      read_firewall(reading);
    }
    read_nftables(kernel, sink);
    read_resolver(kernel, "etc/resolv.conf", network::parse_resolv_conf, sink, gaps);
    read_resolver(kernel, "etc/nsswitch.conf", network::parse_nsswitch, sink, gaps);
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  // nftables has no file; users of its module tell that tables are there.
  static void read_nftables(FileSystem& kernel, Sink& sink) {
    const auto users = procfs::read_value(kernel, "sys/module/nf_tables/refcnt");
    if (!users || *users == "0") return;
    Record record(kLinuxFirewallSchema);
    record.source.path = "/sys/module/nf_tables/refcnt";
    record.set("family", std::string("nftables"));
    sink.emit(std::move(record));
  }

  template <class Parse>
  static void read_resolver(FileSystem& kernel, const std::string& path, Parse parse, Sink& sink,
                            procfs::GapTally& gaps) {
    const auto entry = procfs::resolve_links(kernel, path);
    const auto file = procfs::read_regular_file(kernel, path, kMaxHostsFile);
    if (!file) {
      gaps.add("/" + path, "/" + path, file.error());
      return;
    }
    for (const ResolverEntry& found : parse(file->text)) {
      Record record(kLinuxResolverSchema);
      record.source.path = "/" + path;
      record.set("kind", found.kind);
      procfs::set_text(record, "value", found.value);
      procfs::set_list(record, "names", found.names);
      if (entry && entry->times.modified) record.set("modified", *entry->times.modified);
      if (file->cut) {
        record.status = ParseStatus::kPartial;
        record.note = "file cut at " + std::to_string(kMaxHostsFile) + " bytes";
      }
      sink.emit(std::move(record));
    }
  }
};

}  // namespace

std::unique_ptr<Collector> make_linux_network() { return std::make_unique<LinuxNetwork>(); }

}  // namespace konseki
