// LinuxTree on ordinary trees: facts, order, reading, exclusion, equivalence.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "agent/base/memory_reader.h"
#include "agent/source/live/linux/linux_tree.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/local_tree.h"
#include "tests/support/memory_file_system.h"
#include "tests/unit/source/temporary_tree.h"

namespace konseki {
namespace {

using ::konseki::testing::content_of;
using ::konseki::testing::MemoryFileSystem;
using ::konseki::testing::TemporaryTree;
using ::konseki::testing::walk_all;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<LocalTree> open_tree(const std::string& root, LocalTreeOptions options = {}) {
  auto tree = open_local_tree(root, std::move(options));
  EXPECT_TRUE(tree) << tree.error().describe(Language::kEnglish);
  return tree ? *std::move(tree) : nullptr;
}

TEST(LocalTree, TellsTheFactsOfAFile) {
  TemporaryTree files;
  files.add_file("a/b.txt", "hello");
  ::chmod(files.path("a/b.txt").c_str(), 04640);
  const timespec times[2] = {{1'000'000'000, 123'456'789}, {-5, 999'999'999}};
  ::utimensat(AT_FDCWD, files.path("a/b.txt").c_str(), times, 0);
  struct ::stat facts {};
  ASSERT_EQ(::stat(files.path("a/b.txt").c_str(), &facts), 0);

  const auto tree = open_tree(files.root());
  const auto entry = tree->stat("a/b.txt");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->path, "a/b.txt");
  EXPECT_EQ(entry->type, FileType::kRegular);
  EXPECT_EQ(entry->size, 5u);
  EXPECT_EQ(entry->mode, 04640u);
  EXPECT_EQ(entry->inode, facts.st_ino);
  EXPECT_EQ(entry->device, facts.st_dev);
  EXPECT_EQ(entry->uid, facts.st_uid);
  EXPECT_EQ(entry->link_count, 1u);
  EXPECT_EQ(entry->times.accessed, Timestamp::from_unix(1'000'000'000, 123'456'789));
  EXPECT_EQ(entry->times.modified, Timestamp::from_unix(-5, 999'999'999));
  EXPECT_EQ(
      entry->times.changed,
      Timestamp::from_unix(facts.st_ctim.tv_sec, static_cast<std::int32_t>(facts.st_ctim.tv_nsec)));
  // A walk says the same as a look at the one file.
  EXPECT_EQ(walk_all(*tree).at("a/b.txt").times.modified, entry->times.modified);
}

TEST(LocalTree, ListsByNameAndWalksTheSameWayTwice) {
  TemporaryTree files;
  for (const char* name : {"b", "a", "ab", "B", "a.txt"}) files.add_file(std::string("d/") + name);
  files.add_file("d/sub/x");
  const auto tree = open_tree(files.root());
  std::vector<std::string> names;
  ASSERT_TRUE(tree->list("d", [&](const Entry& entry) {
    names.emplace_back(entry.path);
    return WalkAction::kContinue;
  }));
  EXPECT_THAT(names, ElementsAre("d/B", "d/a", "d/a.txt", "d/ab", "d/b", "d/sub"));

  const auto order = [&] {
    std::vector<std::string> paths;
    EXPECT_TRUE(tree->walk({}, [&](const Entry& entry) {
      paths.push_back(entry.path);
      return WalkAction::kContinue;
    }));
    return paths;
  };
  EXPECT_EQ(order(), order());
  EXPECT_EQ(order().size(), 8u);
}

TEST(LocalTree, ObeysTheVisitorAndTheStart) {
  TemporaryTree files;
  files.add_file("keep/x/y");
  files.add_file("skip/x/y");
  const auto tree = open_tree(files.root());
  std::vector<std::string> seen;
  const auto visit = [&](const Entry& entry) {
    seen.push_back(entry.path);
    return entry.path == "skip" ? WalkAction::kSkipSubtree : WalkAction::kContinue;
  };
  ASSERT_TRUE(tree->walk({}, visit));
  EXPECT_THAT(seen, ::testing::UnorderedElementsAre("keep", "skip", "keep/x", "keep/x/y"));

  WalkOptions below;
  below.start = "skip/x";
  EXPECT_THAT(walk_all(*tree, below), ElementsAre(::testing::Key("skip/x/y")));

  int count = 0;
  ASSERT_TRUE(tree->walk({}, [&](const Entry&) {
    ++count;
    return WalkAction::kStop;
  }));
  EXPECT_EQ(count, 1);

  std::stop_source stop;
  stop.request_stop();
  WalkOptions stopped;
  stopped.stop = stop.get_token();
  const auto walked = tree->walk(stopped, visit);
  ASSERT_FALSE(walked);
  EXPECT_EQ(walked.error().code, ErrorCode::kCancelled);
}

TEST(LocalTree, SaysWhenThereIsNothingToOpen) {
  TemporaryTree files;
  files.add_file("file");
  EXPECT_EQ(open_local_tree(files.path("absent")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(open_local_tree(files.path("file")).error().code, ErrorCode::kInvalidArgument);
  const auto tree = open_tree(files.root());
  EXPECT_EQ(tree->stat("absent").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(tree->stat("file/below").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(tree->list("file", [](const Entry&) { return WalkAction::kContinue; }));
  for (const char* path : {"../etc", "a/../file", "./file", "a//b", "/file", "file/"}) {
    EXPECT_EQ(tree->stat(path).error().code, ErrorCode::kInvalidArgument) << path;
  }
}

TEST(LocalTree, GivesTheSameAsAMemoryFileSystem) {
  TemporaryTree files;
  MemoryFileSystem memory;
  const std::map<std::string, std::string> contents = {
      {"etc/passwd", "root:x:0:0::/root:/bin/sh\n"},
      {"etc/empty", ""},
      {"home/痕跡/メモ.txt", "text"},
      {"home/bad\xFF\xFE name", "raw"},
      {"var/log/big", std::string(300'000, 'x')}};
  for (const auto& [path, content] : contents) {
    files.add_file(path, content);
    memory.add_file(path, content);
  }
  files.add_symlink("etc/link", "../var/log");
  memory.add_symlink("etc/link", "../var/log");
  files.add_directory("srv/nothing");
  memory.add_directory("srv/nothing");

  const auto tree = open_tree(files.root());
  const auto on_disk = walk_all(*tree);
  const auto in_memory = walk_all(memory);
  ASSERT_EQ(on_disk.size(), in_memory.size());
  for (const auto& [path, expected] : in_memory) {
    ASSERT_TRUE(on_disk.contains(path)) << path;
    const Entry& entry = on_disk.at(path);
    EXPECT_EQ(entry.type, expected.type) << path;
    EXPECT_EQ(entry.link_target, expected.link_target) << path;
    if (entry.type != FileType::kRegular) continue;
    EXPECT_EQ(entry.size, expected.size) << path;
    EXPECT_EQ(content_of(*tree, path), content_of(memory, path)) << path;
  }
}

TEST(LocalTree, KnowsHoles) {
  TemporaryTree files;
  files.add_file("sparse", "begin");
  const int fd = ::open(files.path("sparse").c_str(), O_WRONLY);
  ASSERT_EQ(::pwrite(fd, "end", 3, 64 << 20), 3);
  ASSERT_EQ(::ftruncate(fd, 128 << 20), 0);
  ::close(fd);

  const auto tree = open_tree(files.root());
  const auto entry = tree->stat("sparse");
  auto reader = tree->open(*entry);
  ASSERT_TRUE(reader);
  const ByteRange first = (*reader)->next_data(0);
  EXPECT_EQ(first.offset, 0u);
  ASSERT_LT(first.length, 1u << 20) << "the file system keeps no holes";
  const ByteRange second = (*reader)->next_data(first.end());
  EXPECT_LE(second.offset, 64u << 20);
  EXPECT_GT(second.end(), 64u << 20);
  EXPECT_EQ((*reader)->next_data(second.end()), (ByteRange{128u << 20, 0}));
  EXPECT_EQ((*reader)->next_data(1u << 30), (ByteRange{128u << 20, 0}));
}

TEST(LocalTree, ReadsOnWhenAFileShrinksGrowsOrVanishes) {
  TemporaryTree files;
  files.add_file("log", std::string(10'000, 'a'));
  const auto tree = open_tree(files.root());
  const auto entry = tree->stat("log");
  auto reader = tree->open(*entry);
  ASSERT_TRUE(reader);
  std::vector<std::byte> buffer(20'000);

  std::ofstream(files.path("log"), std::ios::app) << std::string(5'000, 'b');
  EXPECT_EQ((*reader)->size(), 10'000u);
  EXPECT_EQ(*(*reader)->read_at(0, buffer), 15'000u);
  std::filesystem::resize_file(files.path("log"), 100);
  EXPECT_EQ(*(*reader)->read_at(0, buffer), 100u);
  EXPECT_EQ(*(*reader)->read_at(5'000, buffer), 0u);
  std::filesystem::remove(files.path("log"));
  EXPECT_EQ(*(*reader)->read_at(0, buffer), 100u);  // still open
  EXPECT_EQ(tree->open(*entry).error().code, ErrorCode::kNotFound);
}

TEST(LocalTree, NamesTheOffsetOfAReadError) {
  auto reader = open_local_file("/proc/self/mem");  // its first page is never mapped
  ASSERT_TRUE(reader);
  std::array<std::byte, 16> buffer;
  const auto count = (*reader)->read_at(0, buffer);
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, ErrorCode::kIoError);
  EXPECT_THAT(count.error().detail, HasSubstr("/proc/self/mem at offset 0"));
}

TEST(LocalTree, LeavesOutWhatIsExcluded) {
  TemporaryTree files;
  files.add_file("case/evidence.txt", "x");
  files.add_file("case/out/bundle.tar.zst", "ours");
  files.add_file("case/outside.txt", "not ours");
  files.add_symlink("case/alias", "out");
  LocalTreeOptions options;
  options.exclude = {files.path("case/alias"), files.path("case/later.tar.zst.partial"),
                     "/nowhere/near", files.root()};
  const auto tree = open_tree(files.root(), options);
  files.add_file("case/later.tar.zst.partial", "written after the tree was opened");

  const auto seen = walk_all(*tree);
  EXPECT_TRUE(seen.contains("case/evidence.txt"));
  EXPECT_TRUE(seen.contains("case/outside.txt"));
  EXPECT_FALSE(seen.contains("case/out"));
  EXPECT_FALSE(seen.contains("case/out/bundle.tar.zst"));
  EXPECT_FALSE(seen.contains("case/later.tar.zst.partial"));
  EXPECT_EQ(tree->stat("case/out/bundle.tar.zst").error().code, ErrorCode::kUnsupported);
  ASSERT_EQ(tree->skipped().size(), 2u);
  EXPECT_EQ(tree->skipped()[0].path, "case/later.tar.zst.partial");
  EXPECT_EQ(tree->skipped()[1].path, "case/out");
  EXPECT_EQ(tree->skipped()[1].reason, "excluded");
}

TEST(LocalTree, DoesNotShowWhatThisRunWrites) {
  TemporaryTree files;
  files.add_file("out/earlier.tar.zst", "of another run");
  const auto own = std::make_shared<OwnFiles>();
  LocalTreeOptions options;
  options.own_files = own;
  const auto tree = open_tree(files.root(), options);
  files.add_file("out/new.tar.zst.partial", "created after the tree was opened");
  struct ::stat facts {};
  ASSERT_EQ(::stat(files.path("out/new.tar.zst.partial").c_str(), &facts), 0);
  own->add({facts.st_dev, facts.st_ino});
  ASSERT_EQ(::link(files.path("out/new.tar.zst.partial").c_str(), files.path("other").c_str()), 0);

  const auto seen = walk_all(*tree);
  EXPECT_TRUE(seen.contains("out/earlier.tar.zst"));
  EXPECT_FALSE(seen.contains("out/new.tar.zst.partial"));
  EXPECT_FALSE(seen.contains("other"));
  int listed = 0;
  EXPECT_TRUE(tree->list("out", [&](const Entry&) {
    ++listed;
    return WalkAction::kContinue;
  }));
  EXPECT_EQ(listed, 1);
  EXPECT_EQ(tree->stat("out/new.tar.zst.partial").error().code, ErrorCode::kUnsupported);
  EXPECT_TRUE(tree->skipped().empty());
}

TEST(LocalTree, KeepsAccessTimes) {
  TemporaryTree files;
  files.add_file("d/file", "content");
  const auto set_old = [&](const std::string& path) {
    const timespec old[2] = {{1'000'000'000, 0}, {1'000'000'100, 0}};  // read before it was changed
    ::utimensat(AT_FDCWD, path.c_str(), old, 0);
  };
  const auto accessed = [&](const std::string& path) {
    struct ::stat facts {};
    ::stat(path.c_str(), &facts);
    return facts.st_atim.tv_sec;
  };
  set_old(files.path("d/file"));
  std::ifstream(files.path("d/file")).get();
  if (accessed(files.path("d/file")) == 1'000'000'000) {
    GTEST_SKIP() << "this file system is mounted noatime: nothing to prove";
  }
  set_old(files.path("d/file"));
  set_old(files.path("d"));
  const auto tree = open_tree(files.root());
  walk_all(*tree);
  EXPECT_EQ(content_of(*tree, "d/file"), "content");
  EXPECT_EQ(accessed(files.path("d/file")), 1'000'000'000);
  EXPECT_EQ(accessed(files.path("d")), 1'000'000'000);
  EXPECT_EQ(tree->access_time_impact().files, 0u);
  EXPECT_EQ(tree->access_time_impact().directories, 0u);
}

}  // namespace
}  // namespace konseki
