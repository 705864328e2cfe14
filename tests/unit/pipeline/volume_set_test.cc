#include "agent/pipeline/volume_set.h"

#include <gtest/gtest.h>

#include "tests/support/memory_file_system.h"

namespace konseki {
namespace {

using testing::MemoryFileSystem;

class VolumeSet : public ::testing::Test {
 protected:
  VolumeSet() {
    auto root = std::make_unique<MemoryFileSystem>();
    root->add_file("usr/bin/tool.real", "x");
    root->add_symlink("usr/bin/tool", "tool.real");
    root->add_symlink("bin", "usr/bin");
    root->add_symlink("loop", "loop");
    root->add_symlink("up", "../../../usr/bin/tool");
    root->add_directory("var");
    auto var = std::make_unique<MemoryFileSystem>(PathStyle::kPosix, "/var");
    var->add_file("log/a", "y");
    var->add_symlink("tool", "/bin/tool");
    auto windows = std::make_unique<MemoryFileSystem>(PathStyle::kWindows, "C:");
    windows->add_file("Windows/explorer.exe", "z");
    volumes_.push_back(std::move(root));
    volumes_.push_back(std::move(var));
    volumes_.push_back(std::move(windows));
  }
  std::string follow(std::string path) {
    auto found = follow_links(volumes_, std::move(path));
    if (!found) return std::string(error_code_name(found.error().code));
    return found->first->info().display_path(found->second.path);
  }
  std::vector<std::unique_ptr<FileSystem>> volumes_;
};

TEST_F(VolumeSet, FindsTheLongestMount) {
  EXPECT_EQ(find_volume(volumes_, "/var/log/a")->path, "log/a");
  EXPECT_EQ(find_volume(volumes_, "/various/a")->path, "various/a");
  EXPECT_EQ(find_volume(volumes_, "c:/Windows")->path, "Windows");
  EXPECT_FALSE(find_volume(volumes_, "D:/x"));
}

TEST_F(VolumeSet, FollowsLinksInsideTheEvidence) {
  EXPECT_EQ(follow("/bin/tool"), "/usr/bin/tool.real");
  EXPECT_EQ(follow("/var/tool"), "/usr/bin/tool.real");
  EXPECT_EQ(follow("/up"), "/usr/bin/tool.real");
  EXPECT_EQ(follow("c:/windows/EXPLORER.EXE"), "C:/Windows/explorer.exe");
}

TEST_F(VolumeSet, TellsMissingFromLoops) {
  EXPECT_EQ(follow("/bin/none"), "not_found");
  EXPECT_EQ(follow("D:/none"), "not_found");
  EXPECT_EQ(follow("/loop"), "limit_exceeded");
}

}  // namespace
}  // namespace konseki
