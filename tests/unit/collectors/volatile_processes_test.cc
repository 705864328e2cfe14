// The collector linux.processes over a made-up host.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collectors/linux/processes/hidden_processes.h"
#include "konseki/collector.h"
#include "tests/support/fake_live_host.h"

namespace konseki {

std::unique_ptr<Collector> make_linux_processes();

namespace {

using testing::CapturingSink;
using ::testing::ElementsAre;
using testing::FakeLiveHost;
using testing::field_text;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CapturingSink observe(FakeLiveHost& host, CollectorContext context = {}) {
  CapturingSink sink;
  const auto collector = make_linux_processes();
  collector->begin(context);
  EXPECT_TRUE(collector->observe(host, sink));
  return sink;
}

const Record& process(const CapturingSink& sink, std::uint32_t pid) {
  return sink.find("linux.process", "pid", std::to_string(pid));
}

TEST(LinuxProcesses, TellsAPlainProcess) {
  FakeLiveHost host;
  host.add_process({.pid = 20,
                    .name = "sshd",
                    .terminal = 0x8801,
                    .start_ticks = 4250,
                    .exe = "/usr/sbin/sshd",
                    .command_line = {"sshd: x [priv]", "", "a\nb"},
                    .uid = 33});
  host.add_descriptor(20, 0, "/dev/null");
  host.add_descriptor(20, 3, "/tmp/gone (deleted)");
  host.add_descriptor(20, 4, "/memfd:y (deleted)");
  host.add_descriptor(20, 5, "/var/log/wtmp");
  host.add_descriptor(20, 6, "socket:[77]");
  CollectorContext context;
  context.host.users = {{"www-data", "33", "/var/www", "/usr/sbin/nologin"}};
  const CapturingSink sink = observe(host, context);
  const Record& record = process(sink, 20);
  EXPECT_EQ(field_text(record, "name"), "sshd");
  EXPECT_EQ(field_text(record, "exe"), "/usr/sbin/sshd");
  EXPECT_EQ(field_text(record, "exe_state"), "present");
  EXPECT_EQ(field_text(record, "command_line"), "sshd: x [priv]||a\nb");
  EXPECT_EQ(field_text(record, "started"), "2023-11-14T22:14:02.500000000Z");
  EXPECT_EQ(field_text(record, "user"), "www-data");
  EXPECT_EQ(field_text(record, "terminal"), "pts/1");
  EXPECT_EQ(field_text(record, "memory"), "2097152");
  EXPECT_EQ(field_text(record, "cpu_milliseconds"), "2000");
  EXPECT_EQ(field_text(record, "open_files"), "5");
  EXPECT_EQ(field_text(record, "open_paths"), "5 /var/log/wtmp");
  EXPECT_EQ(field_text(record, "deleted_paths"), "3 /tmp/gone (deleted)|4 /memfd:y (deleted)");
  EXPECT_EQ(field_text(record, "deleted_files"), "1");
  EXPECT_EQ(field_text(record, "memory_files"), "1");
  EXPECT_EQ(field_text(record, "login_uid"), "");
  EXPECT_EQ(field_text(record, "in_container"), "false");
  EXPECT_EQ(field_text(record, "network_namespace"), "4026531992");
  EXPECT_EQ(field_text(record, "signs"), "");
  EXPECT_EQ(record.source.path, "/proc/20");
  EXPECT_EQ(record.status, ParseStatus::kComplete);
  EXPECT_THAT(sink.gaps, IsEmpty());
  EXPECT_THAT(sink.collected, IsEmpty());
}

TEST(LinuxProcesses, CopiesDeletedAndMemoryProgramsOnce) {
  FakeLiveHost host;
  const std::string map = "5000-6000 r-xp 00000000 fd:01 77 /tmp/.x (deleted)\n";
  host.add_process({.pid = 30, .exe = "/tmp/.x (deleted)", .exe_content = "ELF one", .maps = map});
  host.add_process({.pid = 31, .exe = "/tmp/.x (deleted)", .exe_content = "ELF one", .maps = map});
  host.add_process({.pid = 32, .exe = "/memfd:kworker (deleted)", .exe_content = "ELF two"});
  host.add_process({.pid = 33, .exe = "/usr/bin/updated (deleted)", .exe_content = "ELF old"});
  host.kernel().add_file("usr/bin/updated", "ELF new");
  const CapturingSink sink = observe(host);
  ASSERT_EQ(sink.collected.size(), 3U);
  EXPECT_EQ(sink.collected[0].path, "proc/30/exe");
  EXPECT_EQ(sink.collected[0].content, "ELF one");
  EXPECT_EQ(sink.collected[0].reason, "deleted executable of process 30");
  EXPECT_EQ(sink.collected[1].content, "ELF two");
  EXPECT_EQ(sink.collected[2].content, "ELF old");
  EXPECT_EQ(field_text(process(sink, 30), "exe"), "/tmp/.x");
  EXPECT_EQ(field_text(process(sink, 30), "exe_copy"), "/proc/30/exe");
  EXPECT_EQ(field_text(process(sink, 31), "exe_copy"), "/proc/30/exe");
  EXPECT_EQ(field_text(process(sink, 30), "signs"),
            "deleted_program|program_in_temporary_place|program_name_hidden");
  EXPECT_EQ(field_text(process(sink, 32), "exe_state"), "memfd");
  EXPECT_EQ(field_text(process(sink, 32), "signs"), "memory_program");
  EXPECT_EQ(field_text(process(sink, 33), "exe_state"), "replaced");
  EXPECT_EQ(field_text(process(sink, 33), "exe_deleted"), "true");
  EXPECT_EQ(field_text(process(sink, 33), "signs"), "");
}

TEST(LinuxProcesses, TellsKernelThreadsFromImpostors) {
  constexpr std::uint32_t kKernelThread = 0x00208040;
  FakeLiveHost host;
  host.add_process({.pid = 2,
                    .parent = 0,
                    .name = "kthreadd",
                    .flags = kKernelThread,
                    .exe = "",
                    .command_line = {}});
  host.add_process({.pid = 15,
                    .parent = 2,
                    .name = "kworker/0:1",
                    .flags = kKernelThread,
                    .exe = "",
                    .command_line = {}});
  host.add_process(
      {.pid = 40, .name = "kswapd0", .exe = "/usr/bin/kswapd0", .command_line = {"kswapd0"}});
  host.add_process({.pid = 41, .name = "miner", .command_line = {"[kworker/u8:2]"}});
  host.add_process({.pid = 42, .parent = 2, .name = "sh"});
  host.add_process({.pid = 43, .parent = 2, .name = "lie", .flags = kKernelThread});
  const CapturingSink sink = observe(host);
  EXPECT_EQ(field_text(process(sink, 15), "signs"), "");
  EXPECT_EQ(field_text(process(sink, 15), "exe_state"), "none");
  EXPECT_EQ(field_text(process(sink, 15), "kernel_thread"), "true");
  EXPECT_EQ(field_text(process(sink, 40), "signs"), "kernel_thread_disguise");
  EXPECT_EQ(field_text(process(sink, 41), "signs"), "kernel_thread_disguise");
  EXPECT_EQ(field_text(process(sink, 42), "signs"), "kernel_started");
  EXPECT_EQ(field_text(process(sink, 43), "signs"), "kernel_thread_with_program");
}

TEST(LinuxProcesses, FindsProcessesThatTheListingLeavesOut) {
  FakeLiveHost host;
  host.add_process({.pid = 50, .name = "rootkit"});
  host.kernel().unlist("proc/50");
  // A thread answers under its own number; it is no process of its own.
  host.add_process({.pid = 20});
  host.kernel().add_file("proc/21/status", "Tgid:\t20\n");
  host.kernel().unlist("proc/21");
  const CapturingSink sink = observe(host);
  EXPECT_EQ(sink.count("linux.process"), 3U);
  const Record& record = process(sink, 50);
  EXPECT_EQ(field_text(record, "hidden"), "true");
  EXPECT_EQ(field_text(record, "name"), "rootkit");
  EXPECT_EQ(field_text(record, "signs"), "hidden");
}

TEST(LinuxProcesses, ASearchTellsNewProcessesFromHiddenOnes) {
  FakeLiveHost host;
  host.add_process({.pid = 44});
  const std::vector<procfs::ProcessId> listed{1};  // 44 began after that
  const auto search = processes::find_hidden_processes(host.kernel(), listed);
  EXPECT_THAT(search.hidden, IsEmpty());
  EXPECT_THAT(search.started, ElementsAre(44));
}

TEST(LinuxProcesses, AVanishingProcessIsAPartialRecord) {
  FakeLiveHost host;
  host.add_process({.pid = 25});
  host.kernel().vanish("proc/25");
  // Gone at any later moment of being read: never an error, always a record.
  for (int uses = 1; uses < 60; ++uses) {
    FakeLiveHost other;
    other.add_process({.pid = 26});
    other.kernel().vanish_after("proc/26", uses);
    const CapturingSink sink = observe(other);
    EXPECT_EQ(sink.count("linux.process"), 2U) << uses;
    EXPECT_THAT(sink.gaps, IsEmpty()) << uses;
  }
  const CapturingSink sink = observe(host);
  const Record& record = process(sink, 25);
  EXPECT_EQ(record.status, ParseStatus::kPartial);
  EXPECT_EQ(record.note, "ended while it was read");
  EXPECT_THAT(sink.gaps, IsEmpty());
}

TEST(LinuxProcesses, WithoutRightsOneGapAKind) {
  FakeLiveHost host;
  for (std::uint32_t pid = 10; pid < 20; ++pid) {
    host.add_process({.pid = pid});
    for (const std::string name : {"exe", "cwd", "root", "maps", "environ", "fd", "ns"}) {
      host.kernel().deny("proc/" + std::to_string(pid) + "/" + name);
    }
  }
  const CapturingSink sink = observe(host);
  std::vector<std::string> paths;
  for (const auto& gap : sink.gaps) {
    paths.push_back(gap.path);
    EXPECT_EQ(gap.error.code, ErrorCode::kPermissionDenied);
    EXPECT_THAT(gap.error.detail, HasSubstr("10 times, first proc/10/"));
  }
  EXPECT_THAT(paths, ElementsAre("/proc/*/cwd", "/proc/*/environ", "/proc/*/exe", "/proc/*/fd",
                                 "/proc/*/maps", "/proc/*/ns", "/proc/*/root"));
  EXPECT_EQ(field_text(process(sink, 10), "exe_state"), "unreadable");
  EXPECT_EQ(field_text(process(sink, 10), "open_files"), "");
}

TEST(LinuxProcesses, DescriptorsWithheldAreCountedButNotJudged) {
  FakeLiveHost host;
  host.add_process({.pid = 61});
  host.add_descriptor(61, 0, "/tmp/x (deleted)");
  host.kernel().deny("proc/61/fd/0");
  const CapturingSink sink = observe(host);
  EXPECT_EQ(field_text(process(sink, 61), "open_files"), "1");
  EXPECT_EQ(field_text(process(sink, 61), "deleted_files"), "");
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].path, "/proc/*/fd");
}

TEST(LinuxProcesses, EnvironmentOnlyWhenAskedForPreloadAlways) {
  using namespace std::string_literals;
  FakeLiveHost host;
  host.add_process({.pid = 60, .environment = "PASSWORD=x\0LD_PRELOAD=/lib/evil.so\0"s});
  EXPECT_EQ(field_text(process(observe(host), 60), "environment"), "");
  EXPECT_EQ(field_text(process(observe(host), 60), "ld_preload"), "/lib/evil.so");
  EXPECT_EQ(field_text(process(observe(host), 60), "signs"), "preloaded");
  CollectorContext context;
  context.include_environment = true;
  EXPECT_EQ(field_text(process(observe(host, context), 60), "environment"),
            "PASSWORD=x|LD_PRELOAD=/lib/evil.so");
}

TEST(LinuxProcesses, MappedCode) {
  FakeLiveHost host;
  host.add_process({.pid = 70,
                    .maps = "1-2 r-xp 0 fd:01 5 /usr/lib/libc.so (deleted)\n"
                            "2-3 r-xp 0 fd:01 6 /usr/lib/gone.so (deleted)\n"
                            "3-4 r-xp 0 00:01 7 /memfd:impl (deleted)\n"
                            "4-5 rw-s 0 00:01 8 /dev/zero (deleted)\n"
                            "5-6 rwxp 0 00:00 0 \n"
                            "6-7 r-xp 0 fd:01 9 /dev/shm/a.so\n"
                            "7-8 rw-p 0 fd:01 9 /tmp/data (deleted)\n"});
  host.kernel().add_file("usr/lib/libc.so", "new");
  const CapturingSink sink = observe(host);
  const Record& record = process(sink, 70);
  EXPECT_EQ(field_text(record, "mapped_deleted"),
            "/usr/lib/gone.so (deleted)|/memfd:impl (deleted)");
  EXPECT_EQ(field_text(record, "mapped_replaced"), "1");
  EXPECT_EQ(field_text(record, "mapped_temporary"), "/dev/shm/a.so");
  EXPECT_EQ(field_text(record, "writable_code"), "1");
  EXPECT_EQ(field_text(record, "signs"), "code_in_temporary_place|deleted_code");
}

TEST(LinuxProcesses, ContainersAndCoveredDirectories) {
  FakeLiveHost host;
  host.add_process(
      {.pid = 80, .cgroup = "0::/system.slice/docker-" + std::string(64, 'b') + ".scope\n"});
  host.add_process({.pid = 81, .mount_namespace = 1, .pid_namespace = 2});
  host.add_process({.pid = 82, .pid_namespace = 2});  // a browser's sandbox, no container
  host.add_process({.pid = 83});
  host.kernel().add_file("proc/self/mountinfo", "90 22 0:9 / /proc/83 rw - tmpfs none rw\n");
  const CapturingSink sink = observe(host);
  EXPECT_EQ(field_text(process(sink, 80), "container_runtime"), "docker");
  EXPECT_EQ(field_text(process(sink, 80), "in_container"), "true");
  EXPECT_EQ(field_text(process(sink, 81), "in_container"), "true");
  EXPECT_EQ(field_text(process(sink, 82), "in_container"), "false");
  EXPECT_EQ(field_text(process(sink, 83), "signs"), "overmounted");
}

TEST(LinuxProcesses, HostileLengthsAreCutAndSaid) {
  FakeLiveHost host;
  host.add_process({.pid = 90, .command_line = {std::string(400'000, 'A')}});
  const CapturingSink sink = observe(host);
  const Record& record = process(sink, 90);
  EXPECT_EQ(field_text(record, "command_line").size(), 262'144U);
  EXPECT_EQ(record.status, ParseStatus::kPartial);
  EXPECT_EQ(record.note, "cmdline cut");
}

TEST(LinuxProcesses, NoProcIsAnError) {
  FakeLiveHost host;
  host.kernel().vanish("proc");
  CapturingSink sink;
  EXPECT_FALSE(make_linux_processes()->observe(host, sink));
}

}  // namespace
}  // namespace konseki
