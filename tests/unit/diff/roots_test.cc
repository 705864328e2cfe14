#include "agent/diff/roots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/diff/shared_folders.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;

std::vector<SideFile> files(std::initializer_list<std::string> paths) {
  std::vector<SideFile> out;
  for (const std::string& path : paths) {
    SideFile file;
    file.path = path;
    out.push_back(std::move(file));
  }
  return out;
}

TEST(Roots, TopFolderOfAReleaseLiesOnTheWebRoot) {
  const auto release = files({"app-1.2/index.php", "app-1.2/lib/a.php", "app-1.2/lib/b.php"});
  const auto host = files({"etc/passwd", "srv/www/index.php", "srv/www/lib/a.php",
                           "srv/www/lib/b.php", "srv/www/up/x.php", "usr/bin/ls"});
  const RootPair pair = align_roots(release, host, false);
  EXPECT_EQ(pair.old_root, "app-1.2");
  EXPECT_EQ(pair.new_root, "srv/www");
  EXPECT_EQ(pair.fitting, 3U);
}

TEST(Roots, PackageOnItsFolderAlone) {
  const auto package = files({"etc/app/a.conf", "usr/share/app/index.php", "usr/share/app/x/a.php",
                              "usr/share/doc/app/copyright"});
  const RootPair pair = align_roots(package, files({"index.php", "x/a.php"}), false);
  EXPECT_EQ(pair.old_root, "usr/share/app");
  EXPECT_EQ(pair.new_root, "");
}

TEST(Roots, OtherPlacesThatFitAreTold) {
  const auto release = files({"a/x.php", "b/y.php"});
  const auto host = files({"www/a/x.php", "www/b/y.php", "www.bak/a/x.php", "www.bak/b/y.php"});
  const RootPair pair = align_roots(release, host, false);
  EXPECT_EQ(pair.new_root, "www");
  EXPECT_THAT(pair.others, ElementsAre("www.bak"));
}

TEST(Roots, NamesOfWindowsCompareCaseBlind) {
  EXPECT_EQ(
      align_roots(files({"App/Web/a.aspx"}), files({"C:/inetpub/app/web/A.ASPX"}), true).new_root,
      "c:/inetpub");
}

TEST(Roots, NothingFits) {
  EXPECT_EQ(align_roots(files({"a"}), files({"b"}), false).fitting, 0U);
  EXPECT_EQ(align_roots({}, {}, false).fitting, 0U);
}

TEST(SharedFolders, WhatAPackageHasToItself) {
  const auto package =
      files({"etc/app/a.conf", "etc/apache2/conf-available/app.conf", "usr/bin/app",
             "usr/share/app/index.php", "usr/share/app/lib/a.php", "usr/share/doc/app/copyright",
             "usr/share/man/man1/app.1.gz", "var/lib/app/state"});
  EXPECT_THAT(own_folders_of(package, "app-core"),
              ElementsAre("etc/app", "usr/share/app", "usr/share/doc/app", "var/lib/app"));
}

TEST(SharedFolders, Outermost) {
  EXPECT_THAT(outermost({"a", "a-b", "a/b", "a/b/c", "b/c"}), ElementsAre("a", "a-b", "b/c"));
}

}  // namespace
}  // namespace konseki
