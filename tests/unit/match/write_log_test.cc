#include "agent/match/escalation/write_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/base/memory_reader.h"

namespace konseki {
namespace {

using ::testing::HasSubstr;

std::vector<WriteLine> read(std::string_view text) {
  std::vector<WriteLine> out;
  SpanReader reader(std::as_bytes(std::span(text)));
  EXPECT_TRUE(read_write_log(reader, [&](WriteLine&& line) { out.push_back(std::move(line)); }));
  return out;
}

constexpr std::string_view kEvent =
    "type=SYSCALL msg=audit(1767348010.250:77): arch=c000003e syscall=257 success=yes exit=5 "
    "items=2 ppid=900 pid=901 auid=4294967295 uid=33 gid=33 comm=\"php-fpm8.2\" "
    "exe=\"/usr/sbin/php-fpm8.2\" key=\"web\"\n"
    "type=CWD msg=audit(1767348010.250:77): cwd=\"/var/www/html\"\n"
    "type=PATH msg=audit(1767348010.250:77): item=0 name=\"uploads/\" inode=1 nametype=PARENT\n"
    "type=PATH msg=audit(1767348010.250:77): item=1 name=\"uploads/x.php\" inode=2 "
    "nametype=CREATE\n";

TEST(WriteLog, AuditTellsProcessAndAccount) {
  const auto lines = read(std::string(kEvent) + "type=EOE msg=audit(1767348010.250:77):\n");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].path, "/var/www/html/uploads/x.php");
  EXPECT_EQ(lines[0].time, (Timestamp{1767348010, 250'000'000}));
  EXPECT_THAT(lines[0].text,
              HasSubstr("created /var/www/html/uploads/x.php by /usr/sbin/php-fpm8.2"));
  EXPECT_THAT(lines[0].text, HasSubstr("pid 901"));
  EXPECT_THAT(lines[0].text, HasSubstr("uid 33"));
  EXPECT_EQ(lines[0].range.offset, kEvent.rfind("type=PATH"));
}

TEST(WriteLog, AuditInSyslogEnrichedAndInHex) {
  const auto lines = read(
      "Jan  2 10:00:10 h audispd: node=h type=SYSCALL msg=audit(1.000:1): syscall=2 success=yes "
      "pid=5 ppid=4 uid=33 auid=1000 exe=\"/bin/cp\"\x1dUID=\"www-data\"\n"
      "Jan  2 10:00:10 h audispd: node=h type=PATH msg=audit(1.000:1): "
      "name=2F746D702F6120622E706870 nametype=CREATE\n");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].path, "/tmp/a b.php");
  EXPECT_THAT(lines[0].text, HasSubstr("www-data (33)"));
}

TEST(WriteLog, ProgramsThatRanAndCallsThatFailedWroteNothing) {
  std::string ran(kEvent);
  ran.replace(ran.find("syscall=257"), 11, "a0=1 syscall=59");
  EXPECT_TRUE(read(ran).empty());
  std::string failed(kEvent);
  failed.replace(failed.find("success=yes"), 11, "success=no");
  EXPECT_TRUE(read(failed).empty());
}

TEST(WriteLog, FileTransfers) {
  const auto lines = read(
      "Fri Jan  2 10:00:10 2026 1 203.0.113.7 34 /srv/www/x.php b _ i r shop ftp 0 * c\n"
      "Fri Jan  2 10:00:10 2026 1 203.0.113.7 34 /srv/www/y.php b _ o r shop ftp 0 * c\n"
      "Fri Jan  2 10:00:10 2026 [pid 2] [shop] OK UPLOAD: Client \"203.0.113.7\", \"/www/z.php\", "
      "34 "
      "bytes, 1.00Kbyte/sec\n"
      "Jan  2 10:00:10 h internal-sftp[7]: open \"/srv/www/s.php\" flags WRITE,CREATE,TRUNCATE "
      "mode "
      "0644\n"
      "Jan  2 10:00:10 h internal-sftp[7]: open \"/srv/www/r.php\" flags READ mode 0666\n");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].path, "/srv/www/x.php");
  EXPECT_EQ(lines[1].path, "/www/z.php");
  EXPECT_EQ(lines[2].path, "/srv/www/s.php");
}

TEST(WriteLog, HostileLinesEnd) {
  read("type=PATH msg=audit(\n");
  read("type=PATH msg=audit(1:1): name=\"\n");
  read("type=SYSCALL msg=audit(): =\n= ==\n");
  read("type=PATH msg=audit(1:1)");
  std::string many;
  for (int i = 0; i < 10'000; ++i)
    many += "type=PATH msg=audit(1.0:1): name=\"/a\" nametype=CREATE\n";
  read(many);
  read(std::string(1'000'000, '"'));
}

TEST(WriteLog, NamesOfLogs) {
  EXPECT_TRUE(is_write_log("/var/log/audit/audit.log.1"));
  EXPECT_TRUE(is_write_log("/var/log/auth.log.2.gz"));
  EXPECT_FALSE(is_write_log("/var/log/nginx/access.log"));
}

}  // namespace
}  // namespace konseki
