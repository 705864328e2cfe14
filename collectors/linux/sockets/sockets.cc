// The collector linux.sockets.
#include <array>
#include <memory>
#include <vector>

#include "collectors/linux/procfs/network_namespace.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/record_fields.h"
#include "collectors/linux/procfs/user_names.h"
#include "collectors/linux/sockets/socket_line.h"
#include "collectors/linux/sockets/socket_owners.h"
#include "collectors/linux/sockets/socket_schema.h"
#include "konseki/collector.h"

namespace konseki {
namespace {

using procfs::NetworkNamespace;
using procfs::ProcessId;
using sockets::Socket;
using sockets::SocketOwners;

constexpr std::array<const RecordSchema*, 1> kSchemas{&kLinuxSocketSchema};

constexpr std::array<std::string_view, 10> kInetTables{
    "tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "icmp", "icmp6", "raw", "raw6"};

// Sockets without an owner are looked at twice; beyond this many the second look is left out.
constexpr std::size_t kMaxOrphans = 10'000;

struct Orphan {
  Record record;
  std::uint64_t inode;
  bool captures;
};

constexpr std::string_view kPacketCapture = "packet_capture";

class LinuxSockets : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "linux.sockets",
        .os = OperatingSystem::kLinux,
        .volatility = Volatility::kNetwork,
        .needs_privilege = true,
        .schemas = kSchemas,
        .description = {
            "Open sockets of every network namespace and the processes that hold them",
            "すべてのネットワーク名前空間の開いているソケットと、それを保持するプロセス"}};
    return kInfo;
  }

  void begin(const CollectorContext& context) override {
    users_ = procfs::UserNames(context.host.users);
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    FileSystem& kernel = host.kernel();
    procfs::GapTally gaps;
    const SocketOwners owners = SocketOwners::read(kernel, gaps);
    for (const NetworkNamespace& space : procfs::list_network_namespaces(kernel, gaps)) {
      read_namespace(kernel, space, owners, sink, gaps);
    }
    if (!orphans_.empty()) {
      // Sockets opened after the first look at the descriptors have an owner by now.
      procfs::GapTally second;
      const SocketOwners later = SocketOwners::read(kernel, second);
      for (Orphan& orphan : orphans_) {
        if (!set_owners(orphan.record, orphan.inode, later) && later.complete()) {
          std::vector<std::string> signs{"no_owner"};
          if (orphan.captures) signs.emplace_back(kPacketCapture);
          orphan.record.set("signs", std::move(signs));
        }
        sink.emit(std::move(orphan.record));
      }
      orphans_.clear();
    }
    gaps.flush(sink, host.privileged());
    return {};
  }

 private:
  template <class Parse>
  void read_table(FileSystem& kernel, const NetworkNamespace& space, std::string_view name,
                  const SocketOwners& owners, Sink& sink, procfs::GapTally& gaps, Parse parse) {
    const std::string path = space.window + "/" + std::string(name);
    const auto read = procfs::for_each_line(kernel, path, [&](std::string_view line) {
      if (const auto socket = parse(line)) add(*socket, path, space, owners, sink);
      return true;
    });
    // Kernels without the protocol have no such file.
    if (!read) gaps.add("/proc/*/net/" + std::string(name), "/" + path, read.error());
  }

  void read_namespace(FileSystem& kernel, const NetworkNamespace& space, const SocketOwners& owners,
                      Sink& sink, procfs::GapTally& gaps) {
    for (const auto table : kInetTables) {
      read_table(kernel, space, table, owners, sink, gaps,
                 [table](std::string_view line) { return sockets::parse_inet_line(table, line); });
    }
    read_table(kernel, space, "packet", owners, sink, gaps, sockets::parse_packet_line);
    read_table(kernel, space, "unix", owners, sink, gaps, sockets::parse_unix_line);
  }

  // False when the socket is open and nobody shows it.
  static bool set_owners(Record& record, std::uint64_t inode, const SocketOwners& owners) {
    const std::vector<ProcessId> pids = owners.owners(inode);
    if (pids.empty()) return false;
    record.set("pid", std::uint64_t{pids.front()});
    procfs::set_text(record, "process", owners.name(pids.front()));
    if (pids.size() > 1) {
      std::vector<std::string> all;
      for (const ProcessId pid : pids) all.push_back(std::to_string(pid) + " " + owners.name(pid));
      record.set("owners", std::move(all));
    }
    return true;
  }

  void add(const Socket& socket, const std::string& path, const NetworkNamespace& space,
           const SocketOwners& owners, Sink& sink);

  procfs::UserNames users_;
  std::vector<Orphan> orphans_;
};

void LinuxSockets::add(const Socket& socket, const std::string& path, const NetworkNamespace& space,
                       const SocketOwners& owners, Sink& sink) {
  Record record(kLinuxSocketSchema);
  record.source.path = "/" + path;
  record.set("protocol", socket.protocol);
  record.set("state", socket.state);
  if (socket.local) {
    record.set("local_address", socket.local->address.text());
    record.set("local_port", std::uint64_t{socket.local->port});
  }
  if (socket.remote) {
    record.set("remote_address", socket.remote->address.text());
    record.set("remote_port", std::uint64_t{socket.remote->port});
  }
  procfs::set_text(record, "path", socket.path);
  procfs::set_text(record, "type", socket.type);
  if (socket.interface_index != 0) record.set("interface_index", socket.interface_index);
  procfs::set_text(record, "ether_type", socket.ether_type);
  procfs::set_uint(record, "uid", socket.user);
  if (socket.user) procfs::set_text(record, "user", users_.name(*socket.user));
  procfs::set_uint(record, "network_namespace", space.number);
  if (!space.own) record.set("other_namespace", true);
  constexpr std::string_view kEveryPacket = "0003";
  const bool captures = socket.ether_type == kEveryPacket;
  if (captures) record.set("signs", std::vector<std::string>{std::string(kPacketCapture)});
  if (socket.inode != 0) {
    record.set("inode", socket.inode);
    const bool listed = set_owners(record, socket.inode, owners);
    // Unix sockets come and go by the thousand, half of each pair often unbound.
    if (!listed && owners.complete() && socket.protocol != "unix" &&
        orphans_.size() < kMaxOrphans) {
      orphans_.push_back({std::move(record), socket.inode, captures});
      return;
    }
  }
  sink.emit(std::move(record));
}

}  // namespace

std::unique_ptr<Collector> make_linux_sockets() { return std::make_unique<LinuxSockets>(); }

}  // namespace konseki
