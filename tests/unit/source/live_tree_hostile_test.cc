// LinuxTree on trees made to mislead: links, odd names, depth, missing rights, mounts.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "agent/source/live/linux/linux_tree.h"
#include "tests/unit/source/temporary_tree.h"

namespace konseki {
namespace {

using ::konseki::testing::content_of;
using ::konseki::testing::passes_in_child;
using ::konseki::testing::TemporaryTree;
using ::konseki::testing::walk_all;

// Every case holds with and without openat2.
class HostileTree : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<LinuxTree> open_tree(LinuxTree::Seams seams = {}) {
    seams.use_openat2 = GetParam();
    auto tree = LinuxTree::open_root(files_.root(), {}, std::move(seams));
    EXPECT_TRUE(tree) << tree.error().describe(Language::kEnglish);
    return tree ? *std::move(tree) : nullptr;
  }

  TemporaryTree files_;
};

INSTANTIATE_TEST_SUITE_P(Kernels, HostileTree, ::testing::Values(true, false),
                         [](const auto& kernel) { return kernel.param ? "Openat2" : "Openat"; });

TEST_P(HostileTree, NeverFollowsALink) {
  files_.add_file("real/secret", "inside");
  files_.add_symlink("outside", "/etc");
  files_.add_symlink("up", "..");
  files_.add_symlink("inside", "real");
  files_.add_symlink("real/loop", ".");
  files_.add_symlink("passwd", "/etc/passwd");
  const auto tree = open_tree();
  const auto seen = walk_all(*tree);
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(seen.at("outside").type, FileType::kSymlink);
  EXPECT_EQ(seen.at("outside").link_target, "/etc");
  EXPECT_EQ(content_of(*tree, "real/secret"), "inside");
  for (const char* path : {"outside/passwd", "up/x", "inside/secret", "real/loop/secret"}) {
    EXPECT_EQ(tree->stat(path).error().code, ErrorCode::kNotFound) << path;
    Entry entry;
    entry.path = path;
    entry.type = FileType::kRegular;
    EXPECT_EQ(tree->open(entry, {}).error().code, ErrorCode::kNotFound) << path;
  }
  for (const char* path : {"outside", "inside"}) {
    const auto listed = tree->list(path, [](const Entry&) { return WalkAction::kContinue; });
    EXPECT_FALSE(listed) << path;
  }
  // A link where a file was when it was listed.
  Entry swapped;
  swapped.path = "passwd";
  swapped.type = FileType::kRegular;
  EXPECT_EQ(tree->open(swapped, {}).error().code, ErrorCode::kNotFound);
}

TEST_P(HostileTree, DoesNotTouchPipesAndDevices) {
  files_.add_fifo("pipe");
  const auto tree = open_tree();
  const auto pipe = tree->stat("pipe");
  ASSERT_TRUE(pipe);
  EXPECT_EQ(pipe->type, FileType::kFifo);
  EXPECT_EQ(tree->open(*pipe, {}).error().code, ErrorCode::kUnsupported);
  // A pipe where a file was when it was listed: must neither hang nor be read.
  Entry swapped = *pipe;
  swapped.type = FileType::kRegular;
  EXPECT_EQ(tree->open(swapped, {}).error().code, ErrorCode::kUnsupported);
}

TEST_P(HostileTree, KeepsNamesOfAnyBytes) {
  const std::string name = "\x01\n\xFF\xC0\xAF \\ \"'%;$(x)";
  files_.add_file(name, "found");
  const auto tree = open_tree();
  ASSERT_TRUE(walk_all(*tree).contains(name));
  EXPECT_EQ(content_of(*tree, name), "found");
}

TEST_P(HostileTree, ReachesPathsLongerThanPathMax) {
  const std::string step(200, 'd');
  std::string below;
  int directory = ::open(files_.root().c_str(), O_RDONLY | O_DIRECTORY);
  for (int level = 0; level < 50; ++level) {
    ASSERT_EQ(::mkdirat(directory, step.c_str(), 0755), 0);
    const int next = ::openat(directory, step.c_str(), O_RDONLY | O_DIRECTORY);
    ::close(directory);
    directory = next;
    below += step + "/";
  }
  const int file = ::openat(directory, "deep", O_WRONLY | O_CREAT, 0644);
  ASSERT_EQ(::write(file, "found", 5), 5);
  ::close(file);
  ::close(directory);
  const auto tree = open_tree();
  EXPECT_TRUE(walk_all(*tree).contains(below + "deep"));
  EXPECT_EQ(content_of(*tree, below + "deep"), "found");
}

TEST_P(HostileTree, SaysWhereItIsTooDeep) {
  constexpr int kLevels = 320;
  int directory = ::open(files_.root().c_str(), O_RDONLY | O_DIRECTORY);
  for (int level = 0; level < kLevels; ++level) {
    ASSERT_EQ(::mkdirat(directory, "d", 0755), 0);
    const int next = ::openat(directory, "d", O_RDONLY | O_DIRECTORY);
    ::close(directory);
    directory = next;
  }
  ::close(directory);
  files_.add_file("other/file");
  LinuxTree::Seams seams;
  seams.max_depth = 300;
  const auto tree = open_tree(std::move(seams));
  std::vector<ErrorCode> errors;
  WalkOptions options;
  options.on_error = [&](std::string_view, const Error& error) { errors.push_back(error.code); };
  const auto seen = walk_all(*tree, options);
  EXPECT_EQ(errors, std::vector<ErrorCode>{ErrorCode::kLimitExceeded});
  EXPECT_TRUE(seen.contains("other/file"));
  EXPECT_EQ(seen.size(), 300u + 2u);
}

TEST_P(HostileTree, ReportsWhatItMayNotSee) {
  files_.add_file("open/file", "seen");
  files_.add_file("closed/hidden", "unseen");
  files_.add_file("namesonly/file", "unseen");
  files_.add_file("locked", "unseen");
  ::chmod(files_.path("closed").c_str(), 0);
  ::chmod(files_.path("namesonly").c_str(), 0744);
  ::chmod(files_.path("locked").c_str(), 0600);
  const auto look = [&] {
    if (::geteuid() == 0) {
      ASSERT_EQ(::setgroups(0, nullptr), 0);
      ASSERT_EQ(::setgid(65534), 0);
      ASSERT_EQ(::setuid(65534), 0);
    }
    const auto tree = open_tree();
    std::map<std::string, ErrorCode> errors;
    WalkOptions options;
    options.on_error = [&](std::string_view path, const Error& error) {
      errors[std::string(path)] = error.code;
    };
    const auto seen = walk_all(*tree, options);
    EXPECT_TRUE(seen.contains("open/file"));
    EXPECT_FALSE(seen.contains("closed/hidden"));
    EXPECT_EQ(errors["closed"], ErrorCode::kPermissionDenied);
    EXPECT_EQ(errors["namesonly"], ErrorCode::kPermissionDenied);
    ASSERT_TRUE(seen.contains("namesonly/file"));
    EXPECT_EQ(seen.at("namesonly/file").type, FileType::kRegular);
    EXPECT_FALSE(seen.at("namesonly/file").times.modified);
    EXPECT_EQ(content_of(*tree, "locked"), "error: permission_denied");
    EXPECT_EQ(content_of(*tree, "open/file"), "seen");
    // Not the owner, so the system refuses O_NOATIME, and that is told.
    EXPECT_GT(tree->access_time_impact().directories, 0u);
    EXPECT_EQ(tree->access_time_impact().files, 1u);
  };
  if (::geteuid() != 0) GTEST_SKIP() << "needs files that belong to another user";
  EXPECT_TRUE(passes_in_child(look));
}

TEST_P(HostileTree, StaysOutOfForeignMounts) {
  files_.add_file("share/never", "");
  files_.add_file("data/file", "");
  files_.add_file("auto/never", "");
  const std::string table =
      "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
      "2 1 0:50 / " +
      files_.path("share") +
      " rw - nfs4 server:/x rw\n"
      "3 1 0:51 / " +
      files_.path("auto") +
      " rw - autofs systemd-1 rw\n"
      "4 1 8:2 / " +
      files_.path("data") + " rw - xfs /dev/sda2 rw\n";
  LinuxTree::Seams seams;
  seams.mounts = [&] { return Result<std::vector<Mount>>(parse_mountinfo(table)); };
  const auto tree = open_tree(std::move(seams));
  const auto seen = walk_all(*tree);
  EXPECT_TRUE(seen.contains("data/file"));
  EXPECT_TRUE(seen.contains("share"));
  EXPECT_FALSE(seen.contains("share/never"));
  EXPECT_FALSE(seen.contains("auto/never"));
  EXPECT_EQ(tree->stat("share/never").error().code, ErrorCode::kUnsupported);
  ASSERT_EQ(tree->skipped().size(), 2u);
  EXPECT_EQ(tree->skipped()[0].path, "auto");
  EXPECT_EQ(tree->skipped()[0].reason, "automount");
  EXPECT_EQ(tree->skipped()[1].source, "server:/x");
  EXPECT_EQ(tree->skipped()[1].reason, "network_file_system");
}

TEST_P(HostileTree, StaysOutOfWhatIsMountedMeanwhile) {
  files_.add_directory("memory");
  files_.add_directory("late");
  const auto look = [&] {
    if (::unshare(CLONE_NEWNS) != 0) return;
    ASSERT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    const auto tree = open_tree();
    ASSERT_EQ(::mount("t", files_.path("memory").c_str(), "tmpfs", 0, nullptr), 0);
    ASSERT_EQ(::mount("p", files_.path("late").c_str(), "proc", 0, nullptr), 0);
    files_.add_file("memory/file");
    const auto seen = walk_all(*tree);
    EXPECT_TRUE(seen.contains("memory/file"));  // memory of this machine is looked into
    EXPECT_TRUE(seen.contains("late"));
    EXPECT_EQ(seen.size(), 3u);
    ASSERT_EQ(tree->skipped().size(), 1u);
    EXPECT_EQ(tree->skipped()[0].type, "proc");
    ::umount(files_.path("memory").c_str());
    ::umount(files_.path("late").c_str());
  };
  if (::geteuid() != 0) GTEST_SKIP() << "needs the right to mount";
  EXPECT_TRUE(passes_in_child(look));
}

}  // namespace
}  // namespace konseki
