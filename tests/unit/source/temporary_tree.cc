#include "tests/unit/source/temporary_tree.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "agent/base/memory_reader.h"

namespace konseki::testing {

TemporaryTree::TemporaryTree() {
  std::string pattern = (std::filesystem::temp_directory_path() / "konseki-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  root_ = std::filesystem::canonical(pattern).string();
  ::chmod(root_.c_str(), 0755);
}

TemporaryTree::~TemporaryTree() {
  // Not remove_all: it holds a descriptor a level, and some of these trees are very deep.
  const std::string command = "chmod -R u+rwX '" + root_ + "'; rm -rf '" + root_ + "'";
  if (std::system(command.c_str()) != 0) ADD_FAILURE() << "left behind: " << root_;
}

void TemporaryTree::add_directory(const std::string& below) {
  std::filesystem::create_directories(path(below));
}

void TemporaryTree::add_file(const std::string& below, const std::string& content) {
  std::filesystem::create_directories(std::filesystem::path(path(below)).parent_path());
  std::ofstream(path(below), std::ios::binary) << content;
}

void TemporaryTree::add_symlink(const std::string& below, const std::string& target) {
  std::filesystem::create_directories(std::filesystem::path(path(below)).parent_path());
  std::filesystem::create_symlink(target, path(below));
}

void TemporaryTree::add_fifo(const std::string& below) {
  std::filesystem::create_directories(std::filesystem::path(path(below)).parent_path());
  if (::mkfifo(path(below).c_str(), 0644) != 0) ADD_FAILURE() << below;
}

std::map<std::string, Entry> walk_all(FileSystem& file_system, WalkOptions options) {
  std::map<std::string, Entry> entries;
  const auto walked = file_system.walk(options, [&](const Entry& entry) {
    EXPECT_TRUE(entries.emplace(entry.path, entry).second) << "twice: " << entry.path;
    return WalkAction::kContinue;
  });
  EXPECT_TRUE(walked) << walked.error().describe(Language::kEnglish);
  return entries;
}

std::string content_of(FileSystem& file_system, const std::string& path,
                       const std::string& stream) {
  const auto error_text = [](const Error& error) {
    return "error: " + std::string(error_code_name(error.code));
  };
  const auto entry = file_system.stat(path);
  if (!entry) return error_text(entry.error());
  auto reader = file_system.open(*entry, stream);
  if (!reader) return error_text(reader.error());
  const auto bytes = read_all(**reader, 64u << 20);
  if (!bytes) return error_text(bytes.error());
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

bool passes_in_child(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace konseki::testing
