// The collectors linux.kernel, linux.ebpf and linux.mounts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collectors/linux/ebpf/bpf_holders.h"
#include "collectors/linux/kernel/kernel_helpers.h"
#include "collectors/linux/kernel/module_list.h"
#include "konseki/collector.h"
#include "tests/support/fake_live_host.h"

namespace konseki {

std::unique_ptr<Collector> make_linux_kernel();
std::unique_ptr<Collector> make_linux_ebpf();
std::unique_ptr<Collector> make_linux_mounts();

namespace {

using testing::CapturingSink;
using ::testing::ElementsAre;
using testing::FakeLiveHost;
using testing::field_text;
using ::testing::IsEmpty;

CapturingSink observe(std::unique_ptr<Collector> collector, FakeLiveHost& host) {
  CapturingSink sink;
  collector->begin({});
  EXPECT_TRUE(collector->observe(host, sink));
  return sink;
}

TEST(KernelModule, Lines) {
  const auto module =
      kernel::parse_module_line("nf_nat 57344 2 nft_nat,nft_masq, Live 0xffffffffc0a1e000 (OE)");
  ASSERT_TRUE(module);
  EXPECT_EQ(module->name, "nf_nat");
  EXPECT_EQ(module->size, 57'344U);
  EXPECT_EQ(module->references, 2U);
  EXPECT_THAT(module->used_by, ElementsAre("nft_nat", "nft_masq"));
  EXPECT_EQ(module->state, "live");
  EXPECT_EQ(module->taint, "OE");
  EXPECT_FALSE(kernel::parse_module_line("nf_nat x"));
  EXPECT_FALSE(kernel::parse_module_line(""));
}

TEST(KernelModule, TaintBits) {
  EXPECT_THAT(kernel::taint_reasons((1U << 12) | (1U << 13)),
              ElementsAre("O: out-of-tree module was loaded", "E: unsigned module was loaded"));
  EXPECT_THAT(kernel::taint_reasons(std::uint64_t{1} << 63), ElementsAre("bit 63"));
}

TEST(LinuxKernel, ModulesThatOneViewLacks) {
  FakeLiveHost host;
  auto& files = host.kernel();
  files.add_file("proc/modules", "ext4 1000 1 - Live 0x0\nhalf 1000 0 - Live 0x0 (O)\n");
  files.add_file("sys/module/ext4/initstate", "live\n");
  files.add_file("sys/module/ext4/srcversion", "ABC\n");
  files.add_file("sys/module/diamorphine/initstate", "live\n");
  files.add_file("sys/module/diamorphine/taint", "OE\n");
  files.add_directory("sys/module/builtin/parameters");
  const CapturingSink sink = observe(make_linux_kernel(), host);
  EXPECT_EQ(sink.count("linux.kernel_module"), 3U);
  const Record& normal = sink.find("linux.kernel_module", "name", "ext4");
  EXPECT_EQ(field_text(normal, "source_version"), "ABC");
  EXPECT_EQ(field_text(normal, "signs"), "");
  const Record& hidden = sink.find("linux.kernel_module", "name", "diamorphine");
  EXPECT_EQ(field_text(hidden, "signs"), "hidden_from_proc_modules");
  EXPECT_EQ(field_text(hidden, "unsigned"), "true");
  EXPECT_EQ(field_text(sink.find("linux.kernel_module", "name", "half"), "signs"),
            "hidden_from_sysfs");
}

TEST(LinuxKernel, ProgramsThatTheKernelStarts) {
  EXPECT_EQ(kernel::core_pattern_program("core.%p"), "");
  FakeLiveHost host;
  auto& files = host.kernel();
  files.add_file("proc/sys/kernel/core_pattern", "|/tmp/.x %P %u\n");
  files.add_file("proc/sys/kernel/modprobe", "/tmp/y\n");
  files.add_file("proc/sys/kernel/poweroff_cmd", "/sbin/poweroff\n");
  files.add_file("proc/self/mountinfo",
                 "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
                 "23 22 0:40 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw\n"
                 "24 23 0:41 / /proc/sys/fs/binfmt_misc rw - binfmt_misc binfmt_misc rw\n");
  files.add_file("proc/sys/fs/binfmt_misc/status", "enabled\n");
  files.add_file("proc/sys/fs/binfmt_misc/register", "");
  files.add_file("proc/sys/fs/binfmt_misc/python",
                 "enabled\ninterpreter /usr/bin/my python\nflags: OC\noffset 0\nmagic 7f45\n");
  const CapturingSink sink = observe(make_linux_kernel(), host);
  EXPECT_EQ(sink.count("persistence"), 3U);
  const Record& core = sink.find("persistence", "mechanism", "linux.core_pattern");
  EXPECT_EQ(field_text(core, "command"), "/tmp/.x %P %u");
  EXPECT_EQ(field_text(core, "target"), "/tmp/.x");
  EXPECT_EQ(field_text(core, "technique"), "T1546");
  EXPECT_EQ(core.source.path, "/proc/sys/kernel/core_pattern");
  EXPECT_EQ(field_text(sink.find("persistence", "mechanism", "linux.modprobe_helper"), "target"),
            "/tmp/y");
  const Record& handler = sink.find("persistence", "mechanism", "linux.binfmt_misc");
  EXPECT_EQ(field_text(handler, "target"), "/usr/bin/my python");
  EXPECT_EQ(field_text(handler, "trigger"), "event: program with magic 7f45");
  EXPECT_EQ(field_text(sink.find("linux.sysctl", "name", "kernel.core_pattern"), "value"),
            "|/tmp/.x %P %u");
}

TEST(LinuxKernel, NeverWakesAnAutomaticMount) {
  FakeLiveHost host;
  auto& files = host.kernel();
  files.add_file("proc/self/mountinfo",
                 "23 22 0:40 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw\n");
  files.add_file("proc/sys/fs/binfmt_misc/python", "enabled\ninterpreter /usr/bin/python\n");
  EXPECT_EQ(observe(make_linux_kernel(), host).count("persistence"), 0U);
}

TEST(LinuxEbpf, JoinsProgramsWithTheirHolders) {
  FakeLiveHost host;
  host.programs =
      std::vector<BpfProgram>{{7, "kprobe", "hook", "aabb", 0, Timestamp::from_unix(1'700'000'100)},
                              {8, "xdp", "", "", 0, {}}};
  host.add_process({.pid = 20, .name = "agent"});
  host.add_descriptor(20, 5, "anon_inode:bpf-prog");
  host.kernel().add_file("proc/20/fdinfo/5",
                         "pos:\t0\nprog_type:\t2\nprog_tag:\taabb\nprog_id:\t7\n");
  host.add_descriptor(20, 6, "anon_inode:bpf_link");
  host.kernel().add_file("proc/20/fdinfo/6", "link_type:\tperf\nlink_id:\t1\nprog_id:\t99\n");
  host.kernel().add_file("sys/fs/bpf/evil/map", "");
  const CapturingSink sink = observe(make_linux_ebpf(), host);
  EXPECT_EQ(sink.count("linux.bpf_program"), 3U);
  EXPECT_EQ(field_text(sink.find("linux.bpf_program", "id", "7"), "holders"), "20 agent");
  EXPECT_EQ(field_text(sink.find("linux.bpf_program", "id", "8"), "holders"), "");
  const Record& unlisted = sink.find("linux.bpf_program", "id", "99");
  EXPECT_EQ(field_text(unlisted, "signs"), "unlisted");
  EXPECT_EQ(field_text(unlisted, "links"), "perf");
  EXPECT_EQ(field_text(sink.find("linux.bpf_pin", "path", "/sys/fs/bpf/evil/map"), "mode"), "0644");
  EXPECT_THAT(sink.gaps, IsEmpty());
}

TEST(LinuxEbpf, WithoutTheListDescriptorsStillTell) {
  FakeLiveHost host;
  host.programs = fail(ErrorCode::kPermissionDenied, "bpf");
  host.add_process({.pid = 20, .name = "agent"});
  host.add_descriptor(20, 5, "anon_inode:bpf-prog");
  host.kernel().add_file("proc/20/fdinfo/5", "prog_tag:\taabb\nprog_id:\t7\n");
  host.kernel().add_directory("sys/fs/bpf");
  const CapturingSink sink = observe(make_linux_ebpf(), host);
  EXPECT_EQ(field_text(sink.find("linux.bpf_program", "id", "7"), "tag"), "aabb");
  EXPECT_EQ(field_text(sink.find("linux.bpf_program", "id", "7"), "signs"), "");
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].error.code, ErrorCode::kPermissionDenied);
}

TEST(LinuxEbpf, HostileDescriptors) {
  EXPECT_FALSE(ebpf::parse_bpf_descriptor(""));
  EXPECT_FALSE(ebpf::parse_bpf_descriptor("prog_id:\t-1\n"));
  EXPECT_FALSE(ebpf::parse_bpf_descriptor("prog_id:\t99999999999999999999999\n"));
}

TEST(LinuxMounts, MarksMountsThatHide) {
  FakeLiveHost host;
  host.kernel().add_file("proc/self/mountinfo",
                         "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
                         "23 22 0:21 / /proc rw shared:5 - proc proc rw,hidepid=2\n"
                         "24 23 0:30 / /proc/4021 rw - tmpfs none rw\n"
                         "25 22 254:0 /home/x/ls /usr/bin/ls rw - ext4 /dev/vda rw\n"
                         "26 22 0:31 /@home /home rw - btrfs /dev/sdb rw\n"
                         "garbage\n");
  host.kernel().add_file("proc/swaps",
                         "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
                         "/swap\\040file                              file\t\t1024\t\t512\t\t-2\n");
  const CapturingSink sink = observe(make_linux_mounts(), host);
  EXPECT_EQ(sink.count("linux.mount"), 5U);
  EXPECT_EQ(field_text(sink.find("linux.mount", "point", "/"), "signs"), "");
  EXPECT_EQ(field_text(sink.find("linux.mount", "point", "/proc"), "signs"), "hides_processes");
  EXPECT_EQ(field_text(sink.find("linux.mount", "point", "/proc/4021"), "signs"), "covers_process");
  EXPECT_EQ(field_text(sink.find("linux.mount", "point", "/usr/bin/ls"), "signs"), "covers_system");
  EXPECT_EQ(field_text(sink.find("linux.mount", "point", "/home"), "signs"), "");
  const Record& swap = sink.find("linux.swap", "path", "/swap file");
  EXPECT_EQ(field_text(swap, "size"), "1048576");
  EXPECT_EQ(field_text(swap, "priority"), "-2");
}

}  // namespace
}  // namespace konseki
