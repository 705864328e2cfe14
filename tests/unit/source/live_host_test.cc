#include <gtest/gtest.h>
#include <unistd.h>

#include "agent/source/live/linux/bpf_programs.h"
#include "agent/source/live/linux/linux_host.h"
#include "agent/source/live/linux/linux_tree.h"
#include "agent/source/live/live_source.h"
#include "tests/unit/source/temporary_tree.h"

namespace konseki {
namespace {

using ::konseki::testing::content_of;

std::unique_ptr<LinuxHost> open_host() {
  auto host = LinuxHost::open_host();
  EXPECT_TRUE(host);
  return *std::move(host);
}

TEST(LinuxHost, ReadsTheKernelsFiles) {
  const auto host = open_host();
  FileSystem& kernel = host->kernel();
  const std::string self = "proc/" + std::to_string(host->own_process_id());
  EXPECT_EQ(host->own_process_id(), static_cast<std::uint32_t>(::getpid()));
  EXPECT_EQ(content_of(kernel, self + "/status").substr(0, 6), "Name:\t");
  EXPECT_NE(content_of(kernel, "proc/net/dev").find("lo:"), std::string::npos);
  EXPECT_NE(content_of(kernel, "proc/mounts").find(" / "), std::string::npos);
  EXPECT_EQ(content_of(kernel, "sys/kernel/mm/transparent_hugepage/absent"), "error: not_found");
  EXPECT_FALSE(content_of(kernel, "proc/sys/kernel/ostype").empty());
}

TEST(LinuxHost, ReadsKernelFilesOfAnyLength) {
  LinuxTree::Seams seams;
  seams.whole_kernel_file = 10;
  const auto tree = LinuxTree::open_root("/",
                                         {.mount = "",
                                          .cross_all = true,
                                          .kernel_files = true,
                                          .exclude = {},
                                          .own_media = {},
                                          .own_files = {}},
                                         seams);
  ASSERT_TRUE(tree);
  const auto entry = (*tree)->stat("proc/filesystems");
  ASSERT_TRUE(entry);
  const auto reader = (*tree)->open(*entry, {});
  ASSERT_TRUE(reader);
  std::string text;
  std::string piece(7, ' ');
  while (const auto count =
             (*reader)->read_at(text.size(), std::as_writable_bytes(std::span(piece)))) {
    if (*count == 0) break;
    text.append(piece, 0, *count);
  }
  EXPECT_GT(text.size(), 100u);
  EXPECT_EQ(text, content_of(open_host()->kernel(), "proc/filesystems"));
}

TEST(LinuxHost, FollowsTheLinkToAProgram) {
  const auto host = open_host();
  const std::string exe = "proc/" + std::to_string(host->own_process_id()) + "/exe";
  const auto entry = host->kernel().stat(exe);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->type, FileType::kSymlink);
  EXPECT_NE(entry->link_target.find("tests/unit"), std::string::npos);
  EXPECT_EQ(content_of(host->kernel(), exe).substr(0, 4),
            "\x7f"
            "ELF");
}

TEST(LinuxHost, DoesNotOpenPipesBehindLinks) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto host = open_host();
  const std::string link = "proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(ends[0]);
  EXPECT_EQ(content_of(host->kernel(), link), "error: unsupported");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(LinuxHost, KnowsPrivilegeFromTheStatusOfTheProcess) {
  const std::string_view root = "Name:\tx\nUid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n";
  EXPECT_TRUE(is_privileged(root));
  EXPECT_FALSE(is_privileged("Uid:\t1000\t1000\t1000\t1000\nCapEff:\t000001ffffffffff\n"));
  EXPECT_FALSE(is_privileged("Uid:\t0\t1000\t0\t0\nCapEff:\t000001ffffffffff\n"));
  // What a container gives its root by default.
  EXPECT_FALSE(is_privileged("Uid:\t0\t0\t0\t0\nCapEff:\t00000000a80425fb\n"));
  EXPECT_FALSE(is_privileged(""));
}

TEST(LinuxHost, NamesProgramTypes) {
  EXPECT_EQ(bpf_type_name(6), "xdp");
  EXPECT_EQ(bpf_type_name(32), "netfilter");
  EXPECT_EQ(bpf_type_name(4000), "type_4000");
}

TEST(LinuxHost, ListsProgramsOrSaysWhyNot) {
  const auto programs = open_host()->bpf_programs();
  if (!programs) {
    EXPECT_TRUE(programs.error().code == ErrorCode::kPermissionDenied ||
                programs.error().code == ErrorCode::kUnsupported)
        << programs.error().describe(Language::kEnglish);
    return;
  }
  for (std::size_t index = 1; index < programs->size(); ++index) {
    EXPECT_LT((*programs)[index - 1].id, (*programs)[index].id);
  }
}

TEST(LiveSource, IsTheRootWithoutTheKernelsTrees) {
  const auto source = open_live_source({});
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->info().kind, SourceKind::kLive);
  EXPECT_NE((*source)->live(), nullptr);
  ASSERT_EQ((*source)->file_systems().size(), 1u);
  FileSystem& root = *(*source)->file_systems()[0];
  EXPECT_EQ(root.info().mount, "");
  EXPECT_EQ(root.info().display_path("etc/passwd"), "/etc/passwd");
  EXPECT_TRUE(root.stat("etc/passwd"));
  EXPECT_EQ(root.stat("proc/self/status").error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace konseki
