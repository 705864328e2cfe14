#include "agent/source/live/live_memory.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "agent/source/live/linux/memory_maps.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> files_of(std::string_view maps) {
  std::vector<std::string> out;
  for (const MemoryRegion& region : parse_maps(maps)) {
    out.push_back(region.access + ' ' + region.file + (region.is_device ? " device" : ""));
  }
  return out;
}

TEST(MemoryMaps, ReadsRegions) {
  const auto regions = parse_maps(
      "00400000-00401000 r-xp 00000000 08:01 1234       /usr/bin/a b\n"
      "01000000-01002000 rw-p 00000000 00:00 0          [heap]\n"
      "02000000-02001000 ---p 00000000 00:00 0 \n"
      "03000000-03001000 rw-p 00000000 00:00 0 \n"
      "7f0000000000-7f0000001000 rw-s 00000000 00:01 7  /memfd:x (deleted)\n");
  ASSERT_THAT(regions, SizeIs(4));
  EXPECT_EQ(regions[0].file, "/usr/bin/a b");
  EXPECT_EQ(regions[0].access, "r-x");
  EXPECT_FALSE(regions[0].shared);
  EXPECT_EQ(regions[1].base, 0x1000000u);
  EXPECT_EQ(regions[1].size, 0x2000u);
  EXPECT_EQ(regions[2].file, "");
  EXPECT_TRUE(regions[3].shared);
}

TEST(MemoryMaps, LeavesOutTheKernelsPagesAndKnowsDevices) {
  EXPECT_THAT(
      files_of("1000-2000 r--p 0 0 0 [vvar]\n"
               "2000-3000 r--p 0 0 0 [vvar_vclock]\n"
               "3000-4000 r-xp 0 0 0 [vdso]\n"
               "ffffffffff600000-ffffffffff601000 r-xp 0 0 0 [vsyscall]\n"
               "4000-5000 r-xp 0 0 0 [uprobes]\n"
               "5000-6000 rw-s 0 0 7 /dev/dri/card0\n"
               "6000-7000 rw-s 0 0 7 /sys/bus/pci/devices/0/resource0\n"
               "7000-8000 rw-s 0 0 7 anon_inode:[perf_event]\n"
               "8000-9000 rw-s 0 0 7 /dev/shm/x\n"
               "9000-a000 rw-s 0 0 7 /dev/zero (deleted)\n"
               "a000-b000 rw-p 0 0 0 [anon:[vvar]]\n"),
      ElementsAre("rw- /dev/dri/card0 device", "rw- /sys/bus/pci/devices/0/resource0 device",
                  "rw- anon_inode:[perf_event] device", "rw- /dev/shm/x", "rw- /dev/zero (deleted)",
                  "rw- [anon:[vvar]]"));
}

TEST(MemoryMaps, PassesByWhatIsNoRegion) {
  EXPECT_THAT(parse_maps(""), IsEmpty());
  EXPECT_THAT(files_of("nonsense\n"
                       "\n"
                       "-\n"
                       "3000-1000 rw-p 0 0 0 backwards\n"
                       "1000-1000 rw-p 0 0 0 empty\n"
                       "1000 rw-p 0 0 0 one number\n"
                       "g000-h000 rw-p 0 0 0 no numbers\n"
                       "-1000-2000 rw-p 0 0 0 negative\n"
                       "1000-11111111111111111 rw-p 0 0 0 too large\n"
                       "1000-2000 rw 0 0 0 short\n"
                       "1000-2000 zzzz 0 0 0 no access\n"
                       "1000-2000\n"
                       "1000-2000 r--p"),
              ElementsAre("r-- "));
  // A name may hold anything but a newline, which the kernel escapes.
  EXPECT_THAT(files_of("1000-2000 r--p 0 0 0 /tmp/\\012 2000-3000 rw-p \xff\xfe\n"),
              ElementsAre("r-- /tmp/\\012 2000-3000 rw-p \xff\xfe"));
}

TEST(MemoryMaps, TakesPresentPagesAndCountsThoseInSwap) {
  MemoryRegion region;
  region.base = 0x10000;
  constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;
  constexpr std::uint64_t kSwapped = std::uint64_t{1} << 62;
  const std::uint64_t first[] = {kPresent, kPresent, 0, kSwapped};
  const std::uint64_t second[] = {kPresent};
  add_pages(region, 0, first, 4096);
  add_pages(region, 4 * 4096, second, 4096);
  EXPECT_THAT(region.resident, ElementsAre(ByteRange{0x10000, 8192}, ByteRange{0x14000, 4096}));
  EXPECT_EQ(region.swapped, 4096u);
}

TEST(MemoryMaps, KnowsThreadsOfTheKernel) {
  EXPECT_TRUE(is_kernel_thread("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0"));
  EXPECT_FALSE(is_kernel_thread("9 (kworker/0:1) S 1 9 9 0 -1 4194304 0 0"));
  // The name is the program's own word.
  EXPECT_FALSE(is_kernel_thread("9 (x) S 0 0 0 0 -1 2129984 0) S 1 9 9 0 -1 4194304 0 0"));
  EXPECT_FALSE(is_kernel_thread(""));
  EXPECT_FALSE(is_kernel_thread("9 (x"));
  EXPECT_FALSE(is_kernel_thread("9 (x)"));
  EXPECT_FALSE(is_kernel_thread("9 (x) S 1 9"));
}

// A child of ours holds a text in memory that nothing else has touched.
TEST(LiveMemory, ReadsAProcessWithoutTouchingNewPages) {
  constexpr std::size_t kSize = 64 * 4096;
  auto* const memory = static_cast<char*>(
      ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  const pid_t child = ::fork();
  if (child == 0) {
    std::strcpy(memory + 5 * 4096, "a text of the child alone");
    ::raise(SIGSTOP);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
  const auto live = open_live_memory();
  const auto opened = live->open(static_cast<std::uint32_t>(child));
  auto regions =
      opened ? (*opened)->regions() : Result<std::vector<MemoryRegion>>(fail(opened.error()));
  std::string found(25, '\0');
  std::vector<ByteRange> resident;
  const auto base = reinterpret_cast<std::uint64_t>(memory);
  if (regions) {
    for (const MemoryRegion& region : *regions) {
      for (const ByteRange& run : region.resident) {
        if (run.offset >= base && run.offset < base + kSize) resident.push_back(run);
      }
    }
    EXPECT_EQ((*opened)->read(base + 5 * 4096, std::as_writable_bytes(std::span(found))), 25u);
  }
  const auto processes = live->processes();
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  ::munmap(memory, kSize);
  ASSERT_TRUE(regions.has_value()) << regions.error().detail;
  EXPECT_EQ(found, "a text of the child alone");
  // Where the kernel says which pages are there, only the one that was written to.
  if (::access("/proc/self/pagemap", R_OK) == 0) {
    EXPECT_THAT(resident, ElementsAre(ByteRange{base + 5 * 4096, 4096}));
  }
  ASSERT_TRUE(processes.has_value());
  const auto pids_of = [&](pid_t pid) {
    return std::count_if(processes->begin(), processes->end(), [&](const RunningProcess& each) {
      return each.pid == static_cast<std::uint32_t>(pid) && !each.image.empty();
    });
  };
  EXPECT_EQ(pids_of(child), 1);
  EXPECT_EQ(pids_of(::getpid()), 0);
  std::byte one[1];
  EXPECT_EQ((*opened)->read(base, one).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(live->open(static_cast<std::uint32_t>(child)).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace konseki
