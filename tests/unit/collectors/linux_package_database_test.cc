#include <gtest/gtest.h>

#include <cstdio>

#include "collectors/linux/dpkg/package_database.h"
#include "collectors/linux/dpkg/path_hash.h"
#include "tests/support/memory_file_system.h"

namespace konseki {
namespace {

constexpr const char* kOne = "11111111111111111111111111111111";
constexpr const char* kTwo = "22222222222222222222222222222222";

class PackageDatabaseTest : public ::testing::Test {
 protected:
  PackageDatabaseTest() {
    root_.add_symlink("bin", "usr/bin");
    root_.add_directory("lib");
    root_.add_file("var/lib/dpkg/info/dash.list", "/.\n/bin\n/bin/sh\n/usr\n/usr/share/dash\n");
    root_.add_file("var/lib/dpkg/info/dash.md5sums", std::string(kOne) + "  bin/sh\n");
    root_.add_file("var/lib/dpkg/info/libx:amd64.list", "/lib/libx.so\n/etc/x.conf\n/etc/x\n");
    root_.add_file("var/lib/dpkg/info/libx:amd64.md5sums", std::string(kOne) + "  lib/libx.so\n");
    root_.add_file("var/lib/dpkg/status",
                   "Package: libx\nArchitecture: amd64\nStatus: install ok installed\n"
                   "Conffiles:\n /etc/x.conf " +
                       std::string(kTwo) + "\n /etc/old " + kOne + " obsolete\n");
  }

  PackageDatabase load() {
    auto loaded = PackageDatabase::load(root_);
    EXPECT_TRUE(loaded.has_value());
    return *std::move(loaded);
  }

  static void expect(const PackageDatabase::Answer& answer, const char* package,
                     PackageState state) {
    EXPECT_EQ(answer.package, package);
    EXPECT_EQ(package_state_name(answer.state), package_state_name(state));
  }

  testing::MemoryFileSystem root_;
};

TEST_F(PackageDatabaseTest, TellsIntactChangedAndNobodys) {
  const PackageDatabase database = load();
  expect(database.lookup("/bin/sh", parse_md5(kOne)), "dash", PackageState::kIntact);
  expect(database.lookup("/bin/sh", parse_md5(kTwo)), "dash", PackageState::kChanged);
  expect(database.lookup("/bin/sh", std::nullopt), "dash", PackageState::kUnknown);
  expect(database.lookup("/bin/evil", parse_md5(kOne)), "", PackageState::kNobody);
  expect(database.lookup("/etc/x", parse_md5(kOne)), "libx:amd64", PackageState::kUnknown);
}

TEST_F(PackageDatabaseTest, FollowsTheUsrMergeOfTheEvidence) {
  const PackageDatabase database = load();
  expect(database.lookup("/usr/bin/sh", parse_md5(kOne)), "dash", PackageState::kIntact);
  // /lib is a folder of its own here.
  expect(database.lookup("/lib/libx.so", parse_md5(kOne)), "libx:amd64", PackageState::kIntact);
  expect(database.lookup("/usr/lib/libx.so", parse_md5(kOne)), "", PackageState::kNobody);
}

TEST_F(PackageDatabaseTest, TakesDigestsOfConffilesFromStatus) {
  const PackageDatabase database = load();
  const auto answer = database.lookup("/etc/x.conf", parse_md5(kTwo));
  expect(answer, "libx:amd64", PackageState::kIntact);
  EXPECT_TRUE(answer.conffile);
  expect(database.lookup("/etc/old", parse_md5(kOne)), "", PackageState::kNobody);
}

TEST_F(PackageDatabaseTest, FindsDivertedFilesWhereTheyAre) {
  root_.add_file("var/lib/dpkg/diversions", "/bin/sh\n/bin/sh.distrib\nbash\n");
  root_.add_file("var/lib/dpkg/info/bash.list", "/bin/sh\n");
  root_.add_file("var/lib/dpkg/info/bash.md5sums", std::string(kTwo) + "  bin/sh\n");
  const PackageDatabase database = load();
  expect(database.lookup("/usr/bin/sh.distrib", parse_md5(kOne)), "dash", PackageState::kIntact);
  expect(database.lookup("/usr/bin/sh", parse_md5(kTwo)), "bash", PackageState::kIntact);
  expect(database.lookup("/usr/bin/sh", parse_md5(kOne)), "bash", PackageState::kChanged);
}

TEST_F(PackageDatabaseTest, AnswersForVolumesOfTheirOwnAndOutsideTheTree) {
  testing::MemoryFileSystem root;
  root.add_symlink("bin", "usr/bin");
  testing::MemoryFileSystem var(PathStyle::kPosix, "/var");
  var.add_file("lib/dpkg/status", "");
  var.add_file("lib/dpkg/info/a.list", "/bin/a\n");
  FileSystem* const volumes[] = {&root, &var};
  const auto split = PackageDatabase::load(volumes);
  ASSERT_TRUE(split.has_value());
  expect(split->lookup("/usr/bin/a", std::nullopt), "a", PackageState::kUnknown);

  root_.mutable_info().mount = "/$fs$/fs1";
  const PackageDatabase outside = load();
  expect(outside.lookup("/$fs$/fs1/bin/sh", parse_md5(kOne)), "dash", PackageState::kIntact);
  expect(outside.lookup("/bin/sh", parse_md5(kOne)), "", PackageState::kNobody);
}

TEST_F(PackageDatabaseTest, IsNotFoundWithoutDatabase) {
  testing::MemoryFileSystem empty;
  const auto loaded = PackageDatabase::load(empty);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, ErrorCode::kNotFound);
}

TEST_F(PackageDatabaseTest, HostileTextIsBounded) {
  root_.add_file("var/lib/dpkg/diversions", "/a\n/b\n");
  root_.add_file("var/lib/dpkg/info/.list", "/x");
  root_.add_file("var/lib/dpkg/info/bad.md5sums", "zz  x\n" + std::string(kOne) + "\n\n  \n\xFF");
  root_.add_file("var/lib/dpkg/info/bad.list", std::string("//\n/./\n\n/\xFF\0/x\nrelative\n", 21));
  expect(load().lookup("/bin/sh", parse_md5(kOne)), "dash", PackageState::kIntact);
}

TEST(PathHash, IsSipHash) {
  // Vectors of the reference implementation: key 00..0f, input 00, 00 01, ...
  std::string text;
  const std::uint64_t expected[] = {0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a,
                                    0x85676696d7fb7e2d, 0xcf2794e0277187b7, 0x18765564cd99a68d,
                                    0xcbc9466e58fee3ce, 0xab0200f58b01d137, 0x93f5f5799a932462};
  for (std::uint64_t value : expected) {
    EXPECT_EQ(siphash24(text, 0x0706050403020100, 0x0f0e0d0c0b0a0908), value) << text.size();
    text += static_cast<char>(text.size());
  }
}

}  // namespace
}  // namespace konseki
