// Names between UTF-8 and Windows, and what becomes of names that it does not allow.
#include <gtest/gtest.h>
#include <windows.h>

#include <filesystem>

#include "agent/base/output_directory.h"
#include "agent/base/output_file.h"
#include "agent/base/windows/wide.h"
#include "agent/base/windows/windows_error.h"

namespace konseki {
namespace {

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("konseki-" + std::to_string(::GetCurrentProcessId()) + "-" +
               std::to_string(::GetTickCount64()))) {}
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(long_path(path()), error);
  }
  std::string path() const { return path_.string(); }
  bool has(const wchar_t* below) const { return std::filesystem::exists(path_ / below); }

 private:
  std::filesystem::path path_;
};

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(WindowsNames, GoThereAndBack) {
  for (const std::string_view name :
       {"", "plain", "痕跡 ２０２６.txt", "\xF0\x9F\x94\x8D", "a\xED\xA0\x80z"}) {
    EXPECT_EQ(narrow(wide(name)), name);
  }
  EXPECT_EQ(wide("\xF0\x9F\x94\x8D").size(), 2U);
  EXPECT_EQ(narrow(wide("a\xFF"
                        "b")),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(WindowsNames, PathsBecomeAbsoluteAndLong) {
  EXPECT_EQ(long_path("C:/a/../b\\c"), L"\\\\?\\C:\\b\\c");
  EXPECT_EQ(long_path("//server/share/x"), L"\\\\?\\UNC\\server\\share\\x");
  EXPECT_EQ(long_path("//./PhysicalDrive0"), L"\\\\.\\PhysicalDrive0");
  EXPECT_EQ(long_path("\\\\?\\C:\\kept."), L"\\\\?\\C:\\kept.");
  EXPECT_EQ(long_path(std::string_view("a\0b", 3)), L"");
  EXPECT_TRUE(long_path("relative").starts_with(L"\\\\?\\"));
  EXPECT_EQ(shown_path(L"\\\\?\\UNC\\server\\share\\x"), "//server/share/x");
  EXPECT_EQ(shown_path(L"\\\\?\\C:\\b\\c"), "C:/b/c");
}

TEST(WindowsErrors, SayTheSameAsElsewhere) {
  EXPECT_EQ(windows_error(ERROR_PATH_NOT_FOUND, "open x").code, ErrorCode::kNotFound);
  EXPECT_EQ(windows_error(ERROR_ACCESS_DENIED, "open x").code, ErrorCode::kPermissionDenied);
  EXPECT_NE(windows_error(ERROR_DISK_FULL, "write x").advice.en.find("full"), std::string::npos);
  EXPECT_EQ(windows_error(1392, "read x").detail, "read x: Windows error 1392");
}

TEST(WindowsOutputDirectory, WritesNamesThatWindowsDoesNotAllow) {
  const TemporaryFolder folder;
  auto made = OutputDirectory::create(folder.path());
  ASSERT_TRUE(made) << made.error().detail;
  OutputDirectory& out = **made;
  for (const char* name :
       {"fs/C:/file:stream", "fs/CON", "fs/nul.txt", "fs/dot.", "fs/a|b?", "fs/証拠"}) {
    auto file = out.create_file(name);
    ASSERT_TRUE(file) << name << ": " << file.error().detail;
    ASSERT_TRUE((*file)->write_at(4, bytes("late")));
    EXPECT_TRUE((*file)->set_modified({1'700'000'000, 0}));
  }
  for (const wchar_t* name : {L"fs/C%3A/file%3Astream", L"fs/%43ON", L"fs/%6Eul.txt", L"fs/dot%2E",
                              L"fs/a%7Cb%3F", L"fs/証拠"}) {
    EXPECT_TRUE(folder.has(name)) << narrow(name);
  }
  EXPECT_EQ(std::filesystem::file_size(std::filesystem::path(folder.path()) / L"fs/証拠"), 8U);
  EXPECT_FALSE(out.create_file("fs/証拠"));  // nothing is replaced
  EXPECT_EQ(out.create_file("fs/../x").error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(out.create_file("fs/証拠/below"));
}

TEST(WindowsOutputDirectory, TakesPathsLongerThanOldWindowsDid) {
  const TemporaryFolder folder;
  auto made = OutputDirectory::create(folder.path());
  ASSERT_TRUE(made);
  std::string path = "start";
  while (path.size() < 600) path += "/" + std::string(50, 'x');
  ASSERT_TRUE((*made)->create_file(path));
  auto file = OutputFile::create(folder.path() + "/" + path + "2");
  ASSERT_TRUE(file) << file.error().detail;
  ASSERT_TRUE((*file)->write(bytes("whole")));
  EXPECT_TRUE((*file)->identity());
  ASSERT_TRUE((*file)->commit());
  EXPECT_FALSE(OutputFile::create(folder.path() + "/" + path + "2"));
}

}  // namespace
}  // namespace konseki
