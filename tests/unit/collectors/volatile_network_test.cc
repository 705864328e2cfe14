// The collectors linux.sockets and linux.network, and their line formats.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collectors/linux/network/network_line.h"
#include "collectors/linux/network/resolver.h"
#include "collectors/linux/sockets/socket_line.h"
#include "konseki/collector.h"
#include "tests/support/fake_live_host.h"

namespace konseki {

std::unique_ptr<Collector> make_linux_sockets();
std::unique_ptr<Collector> make_linux_network();

namespace {

using procfs::parse_plain_address;
using procfs::parse_word_address;
using testing::CapturingSink;
using ::testing::ElementsAre;
using testing::FakeLiveHost;
using testing::field_text;
using ::testing::IsEmpty;

CapturingSink observe(std::unique_ptr<Collector> collector, FakeLiveHost& host) {
  CapturingSink sink;
  CollectorContext context;
  context.host.users = {{"postfix", "104", "/var/spool/postfix", ""}};
  collector->begin(context);
  EXPECT_TRUE(collector->observe(host, sink));
  return sink;
}

TEST(IpAddress, KernelWordsToText) {
  EXPECT_EQ(parse_word_address("0100007F")->text(), "127.0.0.1");
  EXPECT_EQ(parse_word_address("0301A8C0")->text(), "192.168.1.3");
  EXPECT_EQ(parse_word_address("00000000000000000000000001000000")->text(), "::1");
  EXPECT_EQ(parse_word_address("B80D0120000000000000000067452301")->text(), "2001:db8::123:4567");
  EXPECT_EQ(parse_word_address("0000000000000000FFFF00000A00000A")->text(), "10.0.0.10");
  EXPECT_EQ(parse_plain_address("fe8000000000000000fc00fffe000001")->text(), "fe80::fc:ff:fe00:1");
  EXPECT_EQ(parse_plain_address("20010db8000000000001000000000001")->text(), "2001:db8::1:0:0:1");
  EXPECT_EQ(parse_plain_address("20010db8000000010001000100010001")->text(),
            "2001:db8:0:1:1:1:1:1");  // one zero group stays
  EXPECT_EQ(parse_plain_address("00000000000000000000000000000000")->text(), "::");
  for (const char* bad :
       {"", "0100007", "0100007G", "0x00007F", "+100007F", "000000000000000000000000010000001"}) {
    EXPECT_FALSE(parse_word_address(bad)) << bad;
  }
}

TEST(IpAddress, MasksAndPrefixes) {
  EXPECT_EQ(procfs::mask_length(*parse_word_address("00FFFFFF")), 24U);
  EXPECT_EQ(procfs::mask_length(*parse_word_address("00000000")), 0U);
  EXPECT_EQ(procfs::mask_length(*parse_word_address("FFFFFFFF")), 32U);
  EXPECT_FALSE(procfs::mask_length(*parse_word_address("FF00FFFF")));
  EXPECT_FALSE(procfs::mask_length(*parse_word_address("00FFFF01")));
  const auto a = *procfs::parse_dotted("10.1.2.3");
  const auto b = *procfs::parse_dotted("10.1.3.3");
  EXPECT_TRUE(procfs::same_prefix(a, b, 23));
  EXPECT_FALSE(procfs::same_prefix(a, b, 24));
  EXPECT_FALSE(procfs::parse_dotted("1.2.3"));
  EXPECT_FALSE(procfs::parse_dotted("1.2.3.4.5"));
  EXPECT_FALSE(procfs::parse_dotted("1.2.3.256"));
}

TEST(SocketLine, Inet) {
  const auto socket = sockets::parse_inet_line(
      "tcp",
      "   1: 0301A8C0:9C40 22D8B85D:01BB 01 00000000:00000000 02:000A1B2C 00000000  1000        0 "
      "45678 2 0000000000000000 20 4 30 10 -1");
  ASSERT_TRUE(socket);
  EXPECT_EQ(socket->state, "ESTABLISHED");
  EXPECT_EQ(socket->local->address.text(), "192.168.1.3");
  EXPECT_EQ(socket->local->port, 40'000);
  EXPECT_EQ(socket->remote->address.text(), "93.184.216.34");
  EXPECT_EQ(socket->remote->port, 443);
  EXPECT_EQ(socket->user, 1000U);
  EXPECT_EQ(socket->inode, 45678U);
  EXPECT_FALSE(sockets::parse_inet_line(
      "tcp", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt"));
  EXPECT_FALSE(sockets::parse_inet_line("tcp", "   1: 0301A8C0:9C40 22D8B85D:01BB 01"));
  EXPECT_FALSE(sockets::parse_inet_line("tcp", ""));
}

TEST(SocketLine, UnixNamesMayHoldBlanks) {
  const auto socket =
      sockets::parse_unix_line("ffff: 00000002 00000000 00010000 0001 01 20000 /tmp/.X11 unix ");
  ASSERT_TRUE(socket);
  EXPECT_EQ(socket->state, "LISTEN");
  EXPECT_EQ(socket->type, "stream");
  EXPECT_EQ(socket->path, "/tmp/.X11 unix ");
  const auto unnamed = sockets::parse_unix_line("ffff: 00000003 00000000 00000000 0002 03  1078");
  ASSERT_TRUE(unnamed);
  EXPECT_EQ(unnamed->state, "ESTABLISHED");
  EXPECT_EQ(unnamed->type, "dgram");
  EXPECT_EQ(unnamed->path, "");
}

constexpr std::string_view kTcp =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n"
    "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
    "900 1 0 100 0 0 10 0\n"
    "   1: 0301A8C0:0016 22D8B85D:C350 01 00000000:00000000 00:00000000 00000000   104        0 "
    "901 1 0 20 4 30 10 -1\n"
    "   2: 0301A8C0:0016 22D8B85D:C351 06 00000000:00000000 03:00001234 00000000     0        0 "
    "0 3 0\n"
    "   3: 00000000:7A69 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
    "999 1 0 100 0 0 10 0\n";

FakeLiveHost host_with_sockets() {
  FakeLiveHost host;
  host.kernel().add_symlink("proc/self/ns/net", "net:[4026531992]");
  host.kernel().add_file("proc/self/net/tcp", std::string(kTcp));
  host.kernel().add_file("proc/self/net/packet",
                         "sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n"
                         "ffff9a 3      3    0003   2     1 0      0      905\n");
  host.kernel().add_file("proc/self/net/unix",
                         "Num       RefCount Protocol Flags    Type St Inode Path\n"
                         "ffff: 00000002 00000000 00010000 0001 01 906 @/abstract\n");
  host.add_process({.pid = 20, .name = "sshd"});
  host.add_process({.pid = 21, .name = "sshd: child"});
  host.add_descriptor(20, 3, "socket:[900]");
  host.add_descriptor(20, 4, "socket:[901]");
  host.add_descriptor(21, 4, "socket:[901]");
  host.add_descriptor(21, 5, "socket:[905]");
  return host;
}

TEST(LinuxSockets, JoinsSocketsWithTheirProcesses) {
  FakeLiveHost host = host_with_sockets();
  const CapturingSink sink = observe(make_linux_sockets(), host);
  EXPECT_EQ(sink.count("linux.socket"), 6U);
  const Record& listener = sink.find("linux.socket", "inode", "900");
  EXPECT_EQ(field_text(listener, "state"), "LISTEN");
  EXPECT_EQ(field_text(listener, "local_address"), "0.0.0.0");
  EXPECT_EQ(field_text(listener, "local_port"), "22");
  EXPECT_EQ(field_text(listener, "remote_address"), "");
  EXPECT_EQ(field_text(listener, "pid"), "20");
  EXPECT_EQ(field_text(listener, "process"), "sshd");
  EXPECT_EQ(field_text(listener, "owners"), "");
  EXPECT_EQ(field_text(listener, "signs"), "");
  const Record& shared = sink.find("linux.socket", "inode", "901");
  EXPECT_EQ(field_text(shared, "owners"), "20 sshd|21 sshd: child");
  EXPECT_EQ(field_text(shared, "user"), "postfix");
  EXPECT_EQ(field_text(sink.find("linux.socket", "state", "TIME_WAIT"), "inode"), "");
  EXPECT_EQ(field_text(sink.find("linux.socket", "inode", "999"), "signs"), "no_owner");
  EXPECT_EQ(field_text(sink.find("linux.socket", "inode", "905"), "signs"), "packet_capture");
  EXPECT_EQ(field_text(sink.find("linux.socket", "protocol", "unix"), "path"), "@/abstract");
  EXPECT_THAT(sink.gaps, IsEmpty());
}

TEST(LinuxSockets, NobodyIsAccusedWhenNotEveryoneCouldBeAsked) {
  FakeLiveHost host = host_with_sockets();
  host.add_process({.pid = 22});
  host.add_descriptor(22, 3, "socket:[999]");
  host.kernel().deny("proc/22/fd/3");
  const CapturingSink sink = observe(make_linux_sockets(), host);
  EXPECT_EQ(field_text(sink.find("linux.socket", "inode", "999"), "signs"), "");
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].path, "/proc/*/fd");
}

TEST(LinuxSockets, ReadsEveryNetworkNamespaceOnce) {
  FakeLiveHost host = host_with_sockets();
  for (const std::uint32_t pid : {30U, 31U}) {
    host.add_process({.pid = pid, .network_namespace = 777});
    host.kernel().add_file("proc/" + std::to_string(pid) + "/net/udp",
                           "  sl\n   5: 0100007F:0035 00000000:0000 07 00000000:00000000 "
                           "00:00000000 00000000     0        0 910 2 0 0\n");
  }
  const CapturingSink sink = observe(make_linux_sockets(), host);
  EXPECT_EQ(sink.count("linux.socket"), 7U);
  const Record& record = sink.find("linux.socket", "protocol", "udp");
  EXPECT_EQ(field_text(record, "network_namespace"), "777");
  EXPECT_EQ(field_text(record, "other_namespace"), "true");
  EXPECT_EQ(field_text(record, "state"), "UNCONN");
  EXPECT_EQ(record.source.path, "/proc/30/net/udp");
}

TEST(LinuxNetwork, TellsHowTheHostIsConnected) {
  FakeLiveHost host;
  auto& kernel = host.kernel();
  kernel.add_symlink("proc/self/ns/net", "net:[4026531992]");
  kernel.add_file(
      "proc/self/net/route",
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
      "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
      "eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n");
  kernel.add_file("proc/self/net/fib_trie",
                  "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n"
                  "     |-- 127.0.0.1\n        /32 host LOCAL\n     |-- 192.168.0.7\n"
                  "        /32 host LOCAL\n     |-- 192.168.0.255\n        /32 link BROADCAST\n"
                  "Local:\n     |-- 192.168.0.7\n        /32 host LOCAL\n");
  kernel.add_file("proc/self/net/if_inet6",
                  "fe8000000000000000fc00fffe000001 04 40 20 80     eth0\n");
  kernel.add_file(
      "proc/self/net/ipv6_route",
      "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
      "fd000000000000000000000000000001 00000400 00000003 00000000 00000003     eth0\n");
  kernel.add_file("proc/self/net/arp",
                  "IP address       HW type     Flags       HW address            Mask     Device\n"
                  "192.168.0.1      0x1         0x6         02:fc:00:00:00:05     *        eth0\n");
  kernel.add_file("proc/self/net/dev",
                  "Inter-|   Receive  |  Transmit\n face |bytes\n"
                  "  eth0: 1000 2 0 0 0 0 0 0 3000 4 0 0 0 0 0 0\n");
  kernel.add_file("proc/self/net/ip_tables_names", "filter\nnat\n");
  kernel.add_file("sys/class/net/eth0/flags", "0x1103\n");
  kernel.add_file("sys/class/net/eth0/address", "02:fc:00:00:00:01\n");
  kernel.add_file("sys/class/net/eth0/ifindex", "4\n");
  kernel.add_symlink("sys/class/net/eth0/device/driver", "../../../bus/virtio/drivers/virtio_net");
  kernel.add_file("etc/resolv.conf", "# x\nnameserver 10.0.0.53 # y\nsearch corp.example\n");
  kernel.add_file("etc/nsswitch.conf", "passwd: files\nhosts: files evil dns\n");
  const CapturingSink sink = observe(make_linux_network(), host);
  const Record& route = sink.find("linux.route", "gateway", "192.168.0.1");
  EXPECT_EQ(field_text(route, "prefix_length"), "0");
  EXPECT_EQ(field_text(route, "metric"), "100");
  EXPECT_EQ(field_text(sink.find("linux.route", "gateway", "fd00::1"), "metric"), "1024");
  EXPECT_EQ(sink.count("linux.address"), 3U);
  const Record& address = sink.find("linux.address", "address", "192.168.0.7");
  EXPECT_EQ(field_text(address, "interface"), "eth0");
  EXPECT_EQ(field_text(address, "prefix_length"), "24");
  EXPECT_EQ(field_text(sink.find("linux.address", "address", "fe80::fc:ff:fe00:1"), "scope"),
            "link");
  EXPECT_EQ(field_text(sink.find("linux.neighbour", "address", "192.168.0.1"), "state"),
            "permanent");
  const Record& interface = sink.find("linux.interface", "name", "eth0");
  EXPECT_EQ(field_text(interface, "promiscuous"), "true");
  EXPECT_EQ(field_text(interface, "received_bytes"), "1000");
  EXPECT_EQ(field_text(interface, "sent_bytes"), "3000");
  EXPECT_EQ(field_text(interface, "driver"), "virtio_net");
  EXPECT_EQ(sink.count("linux.firewall"), 2U);
  EXPECT_EQ(field_text(sink.find("linux.resolver", "kind", "nameserver"), "value"), "10.0.0.53");
  EXPECT_EQ(field_text(sink.find("linux.resolver", "kind", "nsswitch"), "names"), "files|evil|dns");
  EXPECT_THAT(sink.gaps, IsEmpty());
}

}  // namespace
}  // namespace konseki
