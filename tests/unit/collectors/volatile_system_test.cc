// The collectors linux.sessions, linux.containers and linux.system.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collectors/linux/containers/container.h"
#include "collectors/linux/containers/rfc3339.h"
#include "collectors/linux/procfs/state_file.h"
#include "collectors/linux/system/system_facts.h"
#include "konseki/collector.h"
#include "tests/support/fake_live_host.h"

namespace konseki {

std::unique_ptr<Collector> make_linux_sessions();
std::unique_ptr<Collector> make_linux_containers();
std::unique_ptr<Collector> make_linux_system();

namespace {

using testing::CapturingSink;
using ::testing::ElementsAre;
using testing::FakeLiveHost;
using testing::field_text;
using ::testing::IsEmpty;

CapturingSink observe(std::unique_ptr<Collector> collector, FakeLiveHost& host) {
  CapturingSink sink;
  CollectorContext context;
  context.host.users = {{"root", "0", "/root", ""}, {"alice", "1000", "/home/alice", ""}};
  collector->begin(context);
  EXPECT_TRUE(collector->observe(host, sink));
  return sink;
}

TEST(LinuxSessions, LogindAndTerminals) {
  FakeLiveHost host;
  auto& kernel = host.kernel();
  kernel.add_file("run/systemd/sessions/7",
                  "# private\nUID=1000\nUSER=alice\nACTIVE=1\nSTATE=active\nREMOTE=1\n"
                  "REMOTE_HOST=203.0.113.9\nTYPE=tty\nCLASS=user\nTTY=pts/0\nSERVICE=sshd\n"
                  "LEADER=20\nREALTIME=1700000500000000\n");
  kernel.add_file("run/systemd/sessions/7.ref", "").type = FileType::kFifo;
  kernel.add_file("run/systemd/users/1000", "NAME=alice\nSTATE=lingering\n");
  host.add_process({.pid = 20, .name = "sshd"});
  host.add_process(
      {.pid = 30, .name = "bash", .terminal = 0x8800, .start_ticks = 500, .uid = 1000});
  host.add_process({.pid = 29, .name = "vi", .terminal = 0x8800, .start_ticks = 900, .uid = 1000});
  kernel.add_file("dev/pts/0", "").times.accessed = Timestamp::from_unix(1'700'000'900);
  const CapturingSink sink = observe(make_linux_sessions(), host);
  EXPECT_EQ(sink.count("linux.session"), 3U);
  const Record& login = sink.find("linux.session", "kind", "logind");
  EXPECT_EQ(field_text(login, "remote_host"), "203.0.113.9");
  EXPECT_EQ(field_text(login, "leader"), "sshd");
  EXPECT_EQ(field_text(login, "started"), "2023-11-14T22:21:40.000000000Z");
  EXPECT_EQ(field_text(sink.find("linux.session", "kind", "user"), "state"), "lingering");
  const Record& terminal = sink.find("linux.session", "kind", "terminal");
  EXPECT_EQ(field_text(terminal, "terminal"), "pts/0");
  EXPECT_EQ(field_text(terminal, "user"), "alice");
  EXPECT_EQ(field_text(terminal, "leader"), "bash");
  EXPECT_EQ(field_text(terminal, "processes"), "2");
  EXPECT_EQ(field_text(terminal, "last_input"), "2023-11-14T22:28:20.000000000Z");
  EXPECT_THAT(sink.gaps, IsEmpty());
}

TEST(Rfc3339, FormsAndNever) {
  const auto text = [](std::string_view time) {
    const auto parsed = containers::parse_rfc3339(time);
    return parsed ? parsed->iso8601() : std::string("none");
  };
  EXPECT_EQ(text("2026-01-02T03:04:05.25+09:00"), "2026-01-01T18:04:05.250000000Z");
  EXPECT_EQ(text("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05.000000000Z");
  for (const char* bad :
       {"", "0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-02T03:04:05",
        "2026-01-02T25:04:05Z", "2026-01-02T03:04:05+9:00", "2026/01/02T03:04:05Z"}) {
    EXPECT_EQ(text(bad), "none") << bad;
  }
}

const std::string kDocker(64, 'd');
const std::string kPod(64, 'e');

TEST(LinuxContainers, OneRecordFromFilesAndProcesses) {
  FakeLiveHost host;
  auto& kernel = host.kernel();
  kernel.add_symlink("var/lib/docker", "/data/docker");
  const std::string folder = "data/docker/containers/" + kDocker;
  kernel.add_file(folder + "/config.v2.json",
                  R"({"Name":"/web","Config":{"Image":"nginx:1"},"Created":"2026-01-02T03:04:05Z",
                      "State":{"Pid":40,"StartedAt":"2026-01-02T03:05:00Z"},"Path":"nginx",
                      "Args":["-g","daemon off;"]})");
  kernel.add_file(folder + "/hostconfig.json",
                  R"({"Privileged":true,"PidMode":"host","NetworkMode":"bridge",
                      "Binds":["/:/host:rw"],"CapAdd":["SYS_ADMIN"]})");
  kernel.add_file("run/containerd/io.containerd.runtime.v2.task/k8s.io/" + kPod + "/config.json",
                  R"({"process":{"args":["sh"]},"linux":{"namespaces":[{"type":"pid"}]},
                      "annotations":{"io.kubernetes.cri.container-name":"app",
                      "io.kubernetes.cri.sandbox-name":"app-1",
                      "io.kubernetes.cri.sandbox-namespace":"default"}})");
  kernel.add_file("home/alice/.local/share/containers/storage/overlay-containers/containers.json",
                  R"([{"id":"ffff","names":["mine"],"metadata":"{\"image-name\":\"busybox\"}"}])");
  kernel.add_file("var/lib/lxc/old/config", "lxc.rootfs.path = dir:/var/lib/lxc/old/rootfs\n");
  for (const std::uint32_t pid : {40U, 41U}) {
    host.add_process({.pid = pid, .cgroup = "0::/system.slice/docker-" + kDocker + ".scope\n"});
  }
  const CapturingSink sink = observe(make_linux_containers(), host);
  EXPECT_EQ(sink.count("linux.container"), 4U);
  const Record& web = sink.find("linux.container", "name", "web");
  EXPECT_EQ(field_text(web, "runtime"), "docker");
  EXPECT_EQ(field_text(web, "image"), "nginx:1");
  EXPECT_EQ(field_text(web, "running"), "true");
  EXPECT_EQ(field_text(web, "pids"), "40|41");
  EXPECT_EQ(field_text(web, "privileged"), "true");
  EXPECT_EQ(field_text(web, "host_pid"), "true");
  EXPECT_EQ(field_text(web, "host_network"), "false");
  EXPECT_EQ(field_text(web, "host_mounts"), "/:/host:rw");
  EXPECT_EQ(field_text(web, "command"), "nginx|-g|daemon off;");
  const Record& app = sink.find("linux.container", "name", "app");
  EXPECT_EQ(field_text(app, "pod"), "default/app-1");
  EXPECT_EQ(field_text(app, "host_network"), "true");
  EXPECT_EQ(field_text(app, "running"), "false");
  EXPECT_EQ(field_text(sink.find("linux.container", "name", "mine"), "image"), "busybox");
  EXPECT_EQ(field_text(sink.find("linux.container", "name", "old"), "privileged"), "true");
  EXPECT_THAT(sink.gaps, IsEmpty());
}

TEST(LinuxContainers, HomesOnServersAreNotTouched) {
  FakeLiveHost host;
  host.kernel().add_file("proc/self/mountinfo",
                         "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
                         "23 22 0:40 / /home rw - autofs auto.home rw\n");
  host.kernel().add_file(
      "home/alice/.local/share/containers/storage/overlay-containers/containers.json",
      R"([{"id":"ffff"}])");
  const CapturingSink sink = observe(make_linux_containers(), host);
  EXPECT_EQ(sink.count("linux.container"), 0U);
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].error.code, ErrorCode::kUnsupported);
}

TEST(LinuxContainers, HostileFilesAreGapsNotCrashes) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const std::string& text :
       {std::string("{"), std::string("[]"), std::string("\xff\xfe"), deep}) {
    FakeLiveHost host;
    host.kernel().add_file("var/lib/docker/containers/x/config.v2.json", text);
    const CapturingSink sink = observe(make_linux_containers(), host);
    EXPECT_EQ(sink.count("linux.container"), 1U);
    ASSERT_EQ(sink.gaps.size(), 1U);
    EXPECT_EQ(sink.gaps[0].error.code, ErrorCode::kCorrupt);
  }
  // Right syntax, wrong shapes everywhere.
  containers::Container container;
  EXPECT_TRUE(containers::read_docker_config(
      R"({"Name":1,"Config":[],"State":{"Pid":-1,"StartedAt":{}},"Args":{"a":1},"Path":null})",
      container));
  EXPECT_TRUE(container.name.empty());
  EXPECT_FALSE(container.first_process);
  containers::ContainerMap map;
  EXPECT_TRUE(
      containers::read_storage_list(R"([1,null,{"id":5},{"id":"a","metadata":"{"}])", "/x", map));
  EXPECT_EQ(map.all().size(), 1U);
}

TEST(LinuxSystem, ClockAndTuning) {
  FakeLiveHost host;
  host.clock_state.now = Timestamp::from_unix(1'700'001'000);
  host.clock_state.boot = Timestamp::from_unix(1'700'000'000);
  host.clock_state.time_zone = "Asia/Tokyo";
  host.clock_state.utc_offset_seconds = 32'400;
  auto& kernel = host.kernel();
  kernel.add_file("sys/class/rtc/rtc0/since_epoch", "1700001002\n");
  kernel.add_file("etc/adjtime", "0.0 0 0.0\n0\nLOCAL\n");
  kernel.add_file("var/lib/chrony/drift", "1 2\n").times.modified =
      Timestamp::from_unix(1'700'000'500);
  kernel.add_file("var/lib/systemd/timesync/clock", "").times.modified =
      Timestamp::from_unix(1'600'000'000);
  kernel.add_file("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "1280\n");
  kernel.add_file("sys/module/msr/parameters/allow_writes", "on\n");
  kernel.add_file("etc/selinux/config", "# c\nSELINUX=enforcing\nSELINUXTYPE=targeted\n");
  kernel.add_file("sys/fs/selinux/enforce", "0");
  kernel.add_file("sys/devices/system/cpu/online", "0-3,8\n");
  kernel.add_file("proc/meminfo", "MemTotal:       1024 kB\nMemAvailable:    512 kB\n");
  kernel.add_file("proc/uptime", "1000.55 300.00\n");
  kernel.add_file("run/systemd/container", "lxc");
  const CapturingSink sink = observe(make_linux_system(), host);
  const Record& clock = sink.find("linux.clock", "time_zone", "Asia/Tokyo");
  EXPECT_EQ(field_text(clock, "now"), "2023-11-14T22:30:00.000000000Z");
  EXPECT_EQ(field_text(clock, "hardware_clock"), "2023-11-14T22:30:02.000000000Z");
  EXPECT_EQ(field_text(clock, "hardware_clock_local"), "true");
  EXPECT_EQ(field_text(clock, "synchronised"), "");
  EXPECT_EQ(field_text(clock, "service"), "chrony");
  EXPECT_EQ(field_text(clock, "last_synchronised_evidence"), "/var/lib/chrony/drift");
  const Record& system = sink.find("linux.system", "huge_pages", "2684354560");
  EXPECT_EQ(field_text(system, "signs"),
            "huge_pages_reserved|msr_writes_allowed|selinux_off_against_configuration");
  EXPECT_EQ(field_text(system, "processors"), "5");
  EXPECT_EQ(field_text(system, "memory_total"), "1048576");
  EXPECT_EQ(field_text(system, "uptime_seconds"), "1000");
  EXPECT_EQ(field_text(system, "load_5"), "0.200000");
  EXPECT_EQ(field_text(system, "inside_container"), "/run/systemd/container");
}

TEST(LinuxSystem, NumbersThatLie) {
  EXPECT_FALSE(system_state::memory_value("MemTotal: 18446744073709551615 kB\n", "MemTotal"));
  EXPECT_FALSE(system_state::count_of_list("3-1"));
  EXPECT_FALSE(system_state::count_of_list("x"));
  FakeLiveHost host;
  host.kernel().add_file("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages",
                         "18446744073709551615\n");
  EXPECT_FALSE(system_state::reserved_huge_pages(host.kernel()));
}

}  // namespace
}  // namespace konseki
