// Reading and parsing /proc: collectors/linux/procfs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/container_id.h"
#include "collectors/linux/procfs/gap_tally.h"
#include "collectors/linux/procfs/link_target.h"
#include "collectors/linux/procfs/memory_map.h"
#include "collectors/linux/procfs/mount_info.h"
#include "collectors/linux/procfs/process_id.h"
#include "collectors/linux/procfs/process_stat.h"
#include "collectors/linux/procfs/process_status.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/text.h"
#include "tests/support/fake_live_host.h"

namespace konseki::procfs {
namespace {

using ::konseki::testing::CapturingSink;
using ::konseki::testing::FakeKernel;
using ::testing::ElementsAre;

TEST(ProcfsText, SplitsArgumentsAtNulOnly) {
  using namespace std::string_literals;
  EXPECT_THAT(split_nul("a b\0\0-c\nd\0"s), ElementsAre("a b", "", "-c\nd"));
  EXPECT_THAT(split_nul("no end"), ElementsAre("no end"));
  EXPECT_TRUE(split_nul("").empty());
}

TEST(ProcfsText, UndoesOnlyWholeOctalEscapes) {
  EXPECT_EQ(unescape_octal("/a\\040b\\134c\\012"), "/a b\\c\n");
  EXPECT_EQ(unescape_octal("\\04"), "\\04");
  EXPECT_EQ(unescape_octal("\\400\\09x"), "\\400\\09x");
}

TEST(ProcfsText, NumbersAreWholeOrNothing) {
  EXPECT_EQ(parse_number<std::uint32_t>("42"), 42U);
  EXPECT_FALSE(parse_number<std::uint32_t>("42x"));
  EXPECT_FALSE(parse_number<std::uint32_t>("-1"));
  EXPECT_FALSE(parse_number<std::uint32_t>("4294967296"));
  EXPECT_FALSE(parse_number<std::uint32_t>(""));
}

TEST(PseudoFile, ReadsToTheEndThoughTheSizeIsZero) {
  FakeKernel kernel;
  const std::string content(70'000, 'x');
  kernel.add_file("proc/big", content);
  EXPECT_EQ(kernel.stat("proc/big")->size, 0U);
  const auto all = read_pseudo_file(kernel, "proc/big", 70'000);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->text, content);
  EXPECT_FALSE(all->cut);
  const auto cut = read_pseudo_file(kernel, "proc/big", 69'999);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->text.size(), 69'999U);
  EXPECT_TRUE(cut->cut);
}

TEST(PseudoFile, StreamsLinesAcrossReadsAndCutsEndlessOnes) {
  FakeKernel kernel;
  kernel.add_file("proc/lines", "one\n" + std::string(100'000, 'y') + "\n\nlast");
  std::vector<std::size_t> lengths;
  ASSERT_TRUE(for_each_line(kernel, "proc/lines", [&](std::string_view line) {
    lengths.push_back(line.size());
    return true;
  }));
  EXPECT_THAT(lengths, ElementsAre(3, 64 * 1024, 0, 4));
}

TEST(PseudoFile, RegularFilesThroughLinksButNeverAFifo) {
  FakeKernel kernel;
  kernel.add_file("run/resolve/stub.conf", "nameserver 127.0.0.53\n");
  kernel.add_symlink("etc/resolv.conf", "../run/resolve/stub.conf");
  kernel.add_symlink("var/lib/docker", "/data/docker");
  kernel.add_file("data/docker/x", "moved");
  EXPECT_EQ(read_regular_file(kernel, "var/lib/docker/x")->text, "moved");
  EXPECT_EQ(resolve_links(kernel, "etc/../var/lib/docker/.//x")->path, "data/docker/x");
  kernel.add_symlink("etc/loop", "loop");
  kernel.add_file("etc/pipe", "").type = FileType::kFifo;
  const auto file = read_regular_file(kernel, "etc/resolv.conf");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text, "nameserver 127.0.0.53\n");
  EXPECT_EQ(read_regular_file(kernel, "etc/loop").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(read_regular_file(kernel, "etc/pipe").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(read_regular_file(kernel, "etc/none").error().code, ErrorCode::kNotFound);
}

constexpr std::string_view kStatTail =
    " 7 8 9 34818 -1 4194304 0 0 0 0 150 50 0 0 20 0 1 0 12345 1000 10 18446744073709551615\n";

TEST(ProcessStat, NameMayHoldAnything) {
  for (const std::string name : {"a b", "a) R 1 (b", "x\ny", ")", ""}) {
    const auto stat = parse_process_stat("42 (" + name + ") S" + std::string(kStatTail));
    ASSERT_TRUE(stat) << name;
    EXPECT_EQ(stat->pid, 42U);
    EXPECT_EQ(stat->name, name);
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->parent, 7U);
    EXPECT_EQ(stat->session, 9U);
    EXPECT_EQ(terminal_name(stat->terminal), "pts/2");
    EXPECT_EQ(stat->cpu_ticks, 200U);
    EXPECT_EQ(stat->start_ticks, 12345U);
    EXPECT_FALSE(stat->kernel_thread());
  }
}

TEST(ProcessStat, RefusesWhatIsCut) {
  const std::string whole = "42 (a) S" + std::string(kStatTail);
  // Everything up to the start time (field 22) is needed.
  const auto needed = whole.find("12345");
  for (std::size_t length = 0; length < needed; ++length) {
    EXPECT_FALSE(parse_process_stat(whole.substr(0, length))) << length;
  }
}

TEST(ProcessStat, TerminalsAndTimes) {
  EXPECT_EQ(terminal_name(0), "");
  EXPECT_EQ(terminal_name(0x0401), "tty1");
  EXPECT_EQ(terminal_name(0x0440), "ttyS0");
  EXPECT_EQ(terminal_name(0x8900), "pts/256");
  EXPECT_EQ(terminal_name(0x00108801), "pts/257");
  EXPECT_EQ(terminal_name(0xcc40), "204:64");
  EXPECT_EQ(parse_boot_time("cpu 1\nbtime 1700000000\n"), 1'700'000'000);
  EXPECT_FALSE(parse_boot_time("cpu 1\n"));
  EXPECT_EQ(start_time(1'700'000'000, 150).iso8601(), "2023-11-14T22:13:21.500000000Z");
}

TEST(ProcessStatus, TakesWhatTheKernelWrites) {
  const auto status = parse_process_status(
      "Name:\tx\\nUid:\t0\nTgid:\t40\nUid:\t1000\t0\t0\t0\nGid:\t5\t6\t6\t6\nTracerPid:\t9\n"
      "NSpid:\t40\t1\nVmRSS:\t    2048 kB\nThreads:\t3\nCapEff:\t00000000a80425fb\nSeccomp:\t2\n"
      "NoNewPrivs:\t1\n");
  EXPECT_EQ(status.thread_group, 40U);
  EXPECT_EQ(status.user, 1000U);
  EXPECT_EQ(status.effective_user, 0U);
  EXPECT_EQ(status.group, 5U);
  EXPECT_EQ(status.effective_group, 6U);
  EXPECT_EQ(status.tracer, 9U);
  EXPECT_EQ(status.namespace_ids, "40 1");
  EXPECT_EQ(status.resident_bytes, 2'097'152U);
  EXPECT_EQ(status.threads, 3U);
  EXPECT_EQ(status.seccomp, 2U);
  EXPECT_EQ(status.no_new_privileges, true);
  EXPECT_EQ(status.effective_capabilities, "00000000a80425fb");
}

TEST(MemoryMap, NamesWithBlanksAndEscapes) {
  const std::string line = "7f00-7f80 rwxp 00001000 fd:01 77        /tmp/a b\\012c (deleted)";
  const auto map = parse_memory_map(line);
  ASSERT_TRUE(map);
  EXPECT_EQ(map->path, "/tmp/a b\nc (deleted)");
  EXPECT_EQ(map->inode, 77U);
  EXPECT_EQ(map->device, "fd:01");
  EXPECT_TRUE(map->executable());
  EXPECT_TRUE(map->writable());
  const auto anonymous = parse_memory_map("7f00-7f80 ---p 00000000 00:00 0 ");
  ASSERT_TRUE(anonymous);
  EXPECT_EQ(anonymous->path, "");
  EXPECT_FALSE(parse_memory_map("garbage"));
}

TEST(MountInfo, OptionalFieldsAndEmptySource) {
  const auto mount = parse_mount_info(
      "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime shared:1 master:2 - ext3 /dev/root "
      "rw,errors=continue");
  ASSERT_TRUE(mount);
  EXPECT_EQ(mount->root, "/mnt1");
  EXPECT_EQ(mount->point, "/mnt 2");
  EXPECT_EQ(mount->propagation, "shared:1 master:2");
  EXPECT_EQ(mount->type, "ext3");
  EXPECT_EQ(mount->source, "/dev/root");
  EXPECT_EQ(mount->super_options, "rw,errors=continue");
  const auto empty = parse_mount_info("36 35 0:5 / /x rw - tmpfs  rw,size=4k");
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->source, "");
  EXPECT_EQ(empty->super_options, "rw,size=4k");
  EXPECT_FALSE(parse_mount_info("36 35 0:5 / /x rw tmpfs none rw"));
}

TEST(MountInfo, SeesMountsOverProcesses) {
  MountInfo mount;
  mount.point = "/proc/4021";
  EXPECT_EQ(covered_process(mount), 4021U);
  mount.point = "/proc/4021/exe";
  EXPECT_EQ(covered_process(mount), 4021U);
  mount.point = "/proc/sys/fs/binfmt_misc";
  EXPECT_FALSE(covered_process(mount));
  mount.point = "/proc";
  EXPECT_FALSE(covered_process(mount));
}

TEST(LinkTarget, KernelNames) {
  EXPECT_EQ(bracketed_number("socket:[123]", "socket"), 123U);
  EXPECT_FALSE(bracketed_number("socket:[12", "socket"));
  EXPECT_FALSE(bracketed_number("pipe:[12]", "socket"));
  EXPECT_TRUE(is_memory_file("/memfd:x (deleted)"));
  EXPECT_FALSE(is_memory_file("/memfd:x"));
  EXPECT_EQ(without_deleted("/tmp/x (deleted)"), "/tmp/x");
  EXPECT_TRUE(is_temporary_place("/dev/shm/.x"));
  EXPECT_FALSE(is_temporary_place("/tmpx/y"));
}

const std::string kId(64, 'a');

TEST(ContainerId, ConventionsOfTheRuntimes) {
  struct Case {
    std::string cgroup, runtime, id, pod;
  };
  const std::string uid = "12345678-1234-1234-1234-123456789abc";
  const std::vector<Case> cases{
      {"0::/system.slice/docker-" + kId + ".scope\n", "docker", kId, ""},
      {"12:memory:/docker/" + kId + "\n", "docker", kId, ""},
      {"0::/kubepods.slice/kubepods-besteffort.slice/"
       "kubepods-besteffort-pod12345678_1234_1234_1234_123456789abc.slice/cri-containerd-" +
           kId + ".scope\n",
       "containerd", kId, uid},
      {"5:cpu:/kubepods/burstable/pod" + uid + "/" + kId + "\n", "containerd", kId, uid},
      {"0::/machine.slice/libpod-" + kId + ".scope/container\n", "podman", kId, ""},
      {"0::/lxc.payload.web/init.scope\n", "lxc", "web", ""},
      {"0::/machine.slice/systemd-nspawn@deb.service/payload\n", "nspawn", "deb", ""},
      {"0::/system.slice/ssh.service\n", "", "", ""},
      {"0::/user.slice/user-1000.slice/" + kId.substr(1) + "\n", "", "", ""},
  };
  for (const Case& test : cases) {
    const auto found = container_id_from_cgroup(test.cgroup);
    EXPECT_EQ(found.runtime, test.runtime) << test.cgroup;
    EXPECT_EQ(found.id, test.id) << test.cgroup;
    EXPECT_EQ(found.pod, test.pod) << test.cgroup;
  }
}

TEST(ProcessId, OnlyWholeNumbers) {
  EXPECT_EQ(parse_process_id("4194304"), 4'194'304U);
  EXPECT_FALSE(parse_process_id("0"));
  EXPECT_FALSE(parse_process_id("01"));
  EXPECT_FALSE(parse_process_id("12a"));
  EXPECT_FALSE(parse_process_id("self"));
}

TEST(GapTally, OneGapAKindAndNoneForWhatIsGone) {
  GapTally tally;
  tally.add("/proc/*/exe", "/proc/1/exe", {ErrorCode::kPermissionDenied, "", {}});
  tally.add("/proc/*/exe", "/proc/2/exe", {ErrorCode::kPermissionDenied, "", {}});
  tally.add("/proc/*/exe", "/proc/3/exe", {ErrorCode::kNotFound, "", {}});
  tally.add("/proc/*/maps", "/proc/3/maps", {ErrorCode::kIoError, "why", {}});
  CapturingSink sink;
  tally.flush(sink, false);
  ASSERT_EQ(sink.gaps.size(), 2U);
  EXPECT_EQ(sink.gaps[0].path, "/proc/*/exe");
  EXPECT_EQ(sink.gaps[0].error.detail, "2 times, first /proc/1/exe");
  EXPECT_FALSE(sink.gaps[0].error.advice.ja.empty());
  EXPECT_EQ(sink.gaps[1].error.detail, "/proc/3/maps: why");
  // Root is not told to become root.
  tally.add("/proc/*/exe", "/proc/1/exe", {ErrorCode::kPermissionDenied, "", {}});
  tally.flush(sink, true);
  EXPECT_NE(sink.gaps[2].error.advice.en, sink.gaps[0].error.advice.en);
}

}  // namespace
}  // namespace konseki::procfs
