#include <gtest/gtest.h>

#include "collectors/windows/base/hive_identity.h"

namespace konseki::windows {
namespace {

HostFacts sample() {
  HostFacts host;
  host.users.push_back({"taro", "S-1-5-21-1-2-3-1001", "C:/Users/Taro.DOMAIN", ""});
  return host;
}

TEST(HiveIdentity, TellsHivesByTheirPath) {
  EXPECT_EQ(hive_kind("C:/Windows/System32/config/SOFTWARE"), HiveKind::kSoftware);
  EXPECT_EQ(hive_kind("D:/WINNT/system32/CONFIG/system"), HiveKind::kSystem);
  EXPECT_EQ(hive_kind("C:/Windows/AppCompat/Programs/Amcache.hve"), HiveKind::kAmcache);
  EXPECT_EQ(hive_kind("C:/Windows/System32/config/RegBack/SOFTWARE"), HiveKind::kNone);
  EXPECT_EQ(hive_kind("C:/Users/a/NTUSER.DAT.LOG1"), HiveKind::kNone);
  EXPECT_EQ(hive_kind("C:/data/software"), HiveKind::kNone);
}

TEST(HiveIdentity, GivesUserHivesTheirSid) {
  const auto user = identify_hive("C:/Users/taro.domain/ntuser.dat", sample());
  EXPECT_EQ(user.mount, "HKEY_USERS\\S-1-5-21-1-2-3-1001");
  EXPECT_EQ(user.user, "taro");
  const auto classes =
      identify_hive("C:/Users/taro.DOMAIN/AppData/Local/Microsoft/Windows/UsrClass.dat", sample());
  EXPECT_EQ(classes.mount, "HKEY_USERS\\S-1-5-21-1-2-3-1001_Classes");
  EXPECT_EQ(classes.home, "C:/Users/taro.DOMAIN");
}

TEST(HiveIdentity, KeepsUnknownUsersApartByFolder) {
  const auto user = identify_hive("C:/Users/hanako/NTUSER.DAT", sample());
  EXPECT_EQ(user.mount, "HKEY_USERS\\hanako");
  EXPECT_TRUE(user.sid.empty());
}

TEST(HiveIdentity, KnowsTheAccountsOfTheSystem) {
  const HostFacts host = sample();
  EXPECT_EQ(identify_hive("C:/Windows/ServiceProfiles/LocalService/NTUSER.DAT", host).sid,
            "S-1-5-19");
  EXPECT_EQ(identify_hive("C:/Windows/System32/config/DEFAULT", host).mount,
            "HKEY_USERS\\.DEFAULT");
}

}  // namespace
}  // namespace konseki::windows
