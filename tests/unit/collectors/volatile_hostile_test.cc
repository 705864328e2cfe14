// Every file that the live collectors read, cut, garbled and blown up: no crash, no endless work.
#include <gtest/gtest.h>

#include <random>

#include "konseki/collector.h"
#include "tests/support/fake_live_host.h"

namespace konseki {

std::unique_ptr<Collector> make_linux_containers();
std::unique_ptr<Collector> make_linux_ebpf();
std::unique_ptr<Collector> make_linux_kernel();
std::unique_ptr<Collector> make_linux_mounts();
std::unique_ptr<Collector> make_linux_network();
std::unique_ptr<Collector> make_linux_processes();
std::unique_ptr<Collector> make_linux_sessions();
std::unique_ptr<Collector> make_linux_sockets();
std::unique_ptr<Collector> make_linux_system();

namespace {

using testing::CapturingSink;
using testing::FakeLiveHost;

const std::string kId(64, 'a');

// Path and sound content of one file of each form.
const std::vector<std::pair<std::string, std::string>>& files() {
  static const std::vector<std::pair<std::string, std::string>> kFiles{
      {"proc/20/stat", "20 (a) S 1 1 1 34816 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 5 1 1 1\n"},
      {"proc/20/status", "Tgid:\t20\nUid:\t0\t0\t0\t0\nVmRSS:\t 1 kB\nNSpid:\t20 1\n"},
      {"proc/20/cmdline", "a\0b"},
      {"proc/20/cgroup", "0::/system.slice/docker-" + kId + ".scope\n"},
      {"proc/20/maps", "1-2 r-xp 0 fd:01 5 /tmp/x (deleted)\n"},
      {"proc/20/environ", "LD_PRELOAD=/x"},
      {"proc/20/fdinfo/5", "prog_id:\t7\nprog_tag:\taa\n"},
      {"proc/stat", "cpu 1\nbtime 1700000000\n"},
      {"proc/loadavg", "0.1 0.2 0.3 1/90 60\n"},
      {"proc/self/mountinfo", "22 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n"},
      {"proc/self/net/tcp", "0: 0100007F:0016 00000000:0000 0A 0:0 0:0 0 0 0 900 1\n"},
      {"proc/self/net/packet", "ffff 3 3 0003 2 1 0 0 905\n"},
      {"proc/self/net/unix", "ffff: 2 0 00010000 0001 01 906 @/x\n"},
      {"proc/self/net/route", "eth0 00000000 0100A8C0 0003 0 0 100 00000000 0 0 0\n"},
      {"proc/self/net/ipv6_route",
       "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 "
       "fd000000000000000000000000000001 00000400 1 0 3 eth0\n"},
      {"proc/self/net/fib_trie", "  |-- 10.0.0.1\n     /32 host LOCAL\n"},
      {"proc/self/net/if_inet6", "fe8000000000000000fc00fffe000001 04 40 20 80 eth0\n"},
      {"proc/self/net/arp", "10.0.0.2 0x1 0x2 02:fc:00:00:00:05 * eth0\n"},
      {"proc/self/net/dev", " eth0: 1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\n"},
      {"proc/modules", "ext4 1000 1 a,b, Live 0x0 (OE)\n"},
      {"proc/swaps", "/swap file 1024 512 -2\n"},
      {"proc/meminfo", "MemTotal: 1024 kB\n"},
      {"proc/sys/kernel/tainted", "12288\n"},
      {"proc/sys/kernel/core_pattern", "|/x %p\n"},
      {"sys/class/net/eth0/flags", "0x1103\n"},
      {"sys/devices/system/cpu/online", "0-3\n"},
      {"sys/class/rtc/rtc0/since_epoch", "1700000000\n"},
      {"etc/hosts", "10.0.0.1 a b\n"},
      {"etc/resolv.conf", "nameserver 10.0.0.53\n"},
      {"etc/adjtime", "0\n0\nUTC\n"},
      {"run/systemd/sessions/7", "UID=0\nREALTIME=1700000000000000\nLEADER=20\n"},
      {"run/systemd/machines/m", "CLASS=container\nNAME=m\nLEADER=20\n"},
      {"var/lib/docker/containers/x/config.v2.json", R"({"Name":"/a","State":{"Pid":20}})"},
      {"var/lib/docker/containers/x/hostconfig.json", R"({"Privileged":true,"Binds":["/:/h"]})"},
      {"var/lib/containers/storage/overlay-containers/containers.json", R"([{"id":"b"}])"},
      {"var/lib/lxc/c/config", "lxc.rootfs.path = /x\n"}};
  return kFiles;
}

void observe_all(const std::string& path, const std::string& content) {
  FakeLiveHost host;
  host.add_process({.pid = 20});
  host.add_descriptor(20, 5, "anon_inode:bpf-prog");
  for (const auto& [name, text] : files()) host.kernel().add_file(name, text);
  host.kernel().add_file(path, content);
  CapturingSink sink;
  for (const auto make : {make_linux_processes, make_linux_sockets, make_linux_network,
                          make_linux_kernel, make_linux_ebpf, make_linux_sessions,
                          make_linux_mounts, make_linux_containers, make_linux_system}) {
    const auto collector = make();
    collector->begin({});
    EXPECT_TRUE(collector->observe(host, sink)) << path;
  }
  EXPECT_GE(sink.count("linux.process"), 2U) << path;
  EXPECT_EQ(sink.count("linux.system"), 1U) << path;
}

TEST(VolatileHostile, AnyFileMayBeAnything) {
  std::mt19937 random(20'260'102);
  for (const auto& [path, text] : files()) {
    observe_all(path, text.substr(0, text.size() / 2));
    observe_all(path, "");
    observe_all(path, std::string(5000, '\n'));
    observe_all(path, std::string(200'000, '9'));
    std::string many;
    while (many.size() < 100'000) many += text;
    observe_all(path, many);
    for (int i = 0; i < 8; ++i) {
      std::string garbled = text;
      for (int flip = 0; flip < 3; ++flip) {
        garbled[random() % garbled.size()] = static_cast<char>(random());
      }
      observe_all(path, garbled);
    }
  }
}

}  // namespace
}  // namespace konseki
