#include "agent/match/webshell/site_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "agent/match/webshell/site_path.h"

namespace konseki::webshell {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

// As collectors/web/access_log writes them.
constexpr auto kFields = std::to_array<FieldSpec>({
    {"time", FieldType::kTime, ""},
    {"client", FieldType::kText, ""},
    {"method", FieldType::kText, ""},
    {"path", FieldType::kText, ""},
    {"query", FieldType::kText, ""},
    {"http_status", FieldType::kUint, ""},
    {"bytes", FieldType::kUint, ""},
    {"referer", FieldType::kText, ""},
    {"user_agent", FieldType::kText, ""},
    {"line", FieldType::kUint, ""},
});
const RecordSchema kAccess{"web.access", "", kFields};
constexpr std::int64_t kStart = 1'767'225'600;  // 2026-01-01

struct Request {
  std::int64_t after = 0;  // seconds
  std::string client = "198.51.100.1";
  std::string method = "GET";
  std::string path = "/";
  std::string query = {};
  std::uint64_t status = 200;
  std::string referer = {};
  std::string agent = "Mozilla/5.0";
  std::uint64_t bytes = 1000;
};

class Site : public ::testing::Test {
 protected:
  void SetUp() override {
    MatchContext context;
    context.variables["web.root"] = {"/var/www/html"};
    evidence.begin(context);
  }

  void ask(const Request& request, const std::string& log = "/var/log/nginx/access.log") {
    ++line_;
    Record record(kAccess);
    record.set("time", Timestamp{kStart + request.after, 0});
    record.set("client", request.client);
    record.set("method", request.method);
    record.set("path", request.path);
    if (!request.query.empty()) record.set("query", request.query);
    record.set("http_status", request.status);
    record.set("bytes", request.bytes);
    if (!request.referer.empty()) record.set("referer", request.referer);
    record.set("user_agent", request.agent);
    record.set("line", line_);
    record.source.path = log;
    record.source.range = ByteRange{line_ * 100, 99};
    evidence.see_record(record);
  }
  void visitors() {
    for (int i = 0; i < 60; ++i) {
      ask({i * 60, "198.51.100." + std::to_string(i), "GET", "/index.php", "", 200, "https://a/"});
    }
  }
  void put(const std::string& path, std::int64_t after, std::uint32_t uid = 0,
           const std::string& package = {}, const std::string& state = {}) {
    Entry entry;
    entry.path = path.substr(1);
    entry.type = FileType::kRegular;
    entry.uid = uid;
    entry.times.modified = Timestamp{kStart + after, 0};
    const VolumeInfo volume;
    const FileItem item{entry, volume, path, {}, {}};
    MatchFile file{item, {}, nullptr, package, state, 1, {}};
    file.address.path = path;
    evidence.see_file(file);
  }
  SiteStory story(const std::string& path, int code) {
    PathSpec address;
    address.path = path;
    return evidence.story_of(address, code);
  }
  static std::vector<std::string> scored(const SiteStory& story) {
    std::vector<std::string> names;
    for (const Witness& each : story.witnesses) {
      if (each.score > 0) names.push_back(each.name);
      EXPECT_FALSE(each.text.en.empty());
      EXPECT_FALSE(each.text.ja.empty());
    }
    return names;
  }

  SiteEvidence evidence;

 private:
  std::uint64_t line_ = 0;
};

TEST(SitePath, FoldersOfPrograms) {
  for (const char* path : {"/usr/bin/json_pp", "/sbin/x", "/usr/local/sbin/y", "/lib/python3/a.py",
                           "/usr/share/perl5/CGI.pm"}) {
    EXPECT_TRUE(in_program_folder(path)) << path;
  }
  for (const char* path : {"/usr/lib/cgi-bin/a.pl", "/var/www/html/bin/a.pl",
                           "/usr/share/awstats/a.pl", "/bin", "/a.pl", "/srv/lib/x.pl", ""}) {
    EXPECT_FALSE(in_program_folder(path)) << path;
  }
}

TEST(SitePath, WhatAServerRuns) {
  EXPECT_TRUE(is_script_name("a.PHP"));
  EXPECT_TRUE(is_script_name("a.php.jpg"));
  EXPECT_FALSE(is_script_name("php"));
  EXPECT_FALSE(is_script_name("a.txt"));
  EXPECT_EQ(request_key("//up//a.php/info;x=1"), "/up/a.php");
  EXPECT_EQ(request_key("/examples;jsessionid=1/b.jsp;x"), "/examples/b.jsp");
  EXPECT_EQ(request_key("///"), "/");
}

TEST(Commands, InParametersOnly) {
  EXPECT_TRUE(has_command("cmd=whoami"));
  EXPECT_TRUE(has_command("a=1&c=ls -la"));
  EXPECT_TRUE(has_command("z=system('id');"));
  EXPECT_TRUE(has_command("q=cat+/etc/passwd"));
  EXPECT_FALSE(has_command("id=5&cmd=view"));
  EXPECT_FALSE(has_command("s=how to use curl"));
  EXPECT_FALSE(has_command("whoami"));
  EXPECT_FALSE(has_command(""));
}

TEST_F(Site, TheLogOfAWebshell) {
  visitors();
  put("/var/www/html/uploads/a.php", 2 * 3600, 33);
  for (int i = 0; i < 5; ++i) put("/var/www/html/f" + std::to_string(i) + ".php", -86400 * 300);
  ask({2 * 3600 + 60, "203.0.113.7", "POST", "/uploads/a.php"});
  ask({2 * 3600 + 90, "203.0.113.7", "POST", "/uploads/a.php", "cmd=whoami"},
      "/var/log/nginx/access.log.1");
  const SiteStory told = story("/var/www/html/uploads/a.php", 60);
  EXPECT_THAT(scored(told), ElementsAre("file.owner_is_server", "file.in_upload_folder",
                                        "log.few_clients", "log.post_only", "log.no_referer",
                                        "log.commands", "log.first_after_birth"));
  EXPECT_THAT(told.clients, ElementsAre("203.0.113.7"));
  EXPECT_EQ(told.first->seconds, kStart + 2 * 3600 + 60);
  EXPECT_EQ(told.last->seconds, kStart + 2 * 3600 + 90);
  const auto lines = std::find_if(told.witnesses.begin(), told.witnesses.end(),
                                  [](const Witness& each) { return each.name == "log.requests"; });
  ASSERT_NE(lines, told.witnesses.end());
  EXPECT_EQ(lines->excerpt, "/var/log/nginx/access.log: 61\n/var/log/nginx/access.log.1: 62");
  ASSERT_EQ(lines->addresses.size(), 2u);
  EXPECT_EQ(lines->addresses[0].range->offset, 6100u);
  EXPECT_EQ(lines->addresses[1].path, "/var/log/nginx/access.log.1");
}

// Below an application's own name, and on a system where only the name and its folder agree.
TEST_F(Site, APathIsFoundByItsEnd) {
  ask({0, "203.0.113.7", "POST", "/examples/a.jsp"});
  ask({1, "203.0.113.7", "POST", "/b.jsp"});
  EXPECT_FALSE(story("/opt/tomcat/webapps/examples/a.jsp", 60).witnesses.empty());
  EXPECT_FALSE(story("/srv/any/examples/a.jsp", 60).witnesses.empty());
  // A name alone is no address.
  EXPECT_TRUE(story("/srv/any/b.jsp", 60).witnesses.empty());
}

TEST_F(Site, IisAsksCaseBlind) {
  ask({0, "203.0.113.7", "POST", "/Uploads/A.aspx"}, "C:/inetpub/logs/LogFiles/W3SVC1/u_ex1.log");
  EXPECT_THAT(story("C:/inetpub/wwwroot/uploads/a.ASPX", 60).clients, ElementsAre("203.0.113.7"));
}

// Scripts that only a programme of the site calls: nothing to say without their code.
TEST_F(Site, JobsAndHooksAreQuiet) {
  visitors();
  put("/var/www/html/wp-cron.php", 0, 33);
  for (int i = 0; i < 50; ++i) {
    ask({i * 600, "192.0.2.1", "POST", "/wp-cron.php", "", 200, "", "curl/8"});
  }
  EXPECT_TRUE(story("/var/www/html/wp-cron.php", 0).witnesses.empty());
  const SiteStory low = story("/var/www/html/wp-cron.php", 20);
  EXPECT_TRUE(scored(low).empty());
  EXPECT_EQ(low.most, 20);
}

// A scanner's commands go to pages that everyone reads.
TEST_F(Site, ScannersProveNothing) {
  visitors();
  ask({1, "203.0.113.9", "GET", "/index.php", "cmd=whoami"});
  EXPECT_TRUE(story("/var/www/html/index.php", 0).witnesses.empty());
  // What was never answered was never used.
  ask({1, "203.0.113.9", "GET", "/uploads/x.php", "cmd=whoami", 404});
  ask({2, "203.0.113.9", "GET", "/uploads/x.php", "cmd=id", 404});
  put("/var/www/html/uploads/x.php", 0);
  EXPECT_TRUE(story("/var/www/html/uploads/x.php", 0).witnesses.empty());
}

TEST_F(Site, StrongWitnessesWithoutCodeAreMedium) {
  visitors();
  put("/var/www/html/uploads/x.php", 0);
  ask({2, "203.0.113.9", "GET", "/uploads/x.php", "cmd=id"});
  const SiteStory told = story("/var/www/html/uploads/x.php", 0);
  EXPECT_THAT(scored(told), Contains("log.commands"));
  EXPECT_LE(told.most, 69);
}

// A page says about the same to everybody; what runs commands answers with what they print.
TEST_F(Site, AnswersOfStrangeSize) {
  visitors();
  put("/var/www/html/a.php", 0);
  const auto answered = [&](std::initializer_list<std::uint64_t> sizes, const std::string& path) {
    std::int64_t at = 10;
    for (const std::uint64_t bytes : sizes) {
      Request request{at++, "203.0.113.7", "GET", path, "", 200, "https://a/"};
      request.bytes = bytes;
      ask(request);
    }
    return scored(story("/var/www/html" + path, 60));
  };
  EXPECT_THAT(answered({120, 48'000, 900}, "/a.php"), Contains("log.sizes"));
  put("/var/www/html/b.php", 0);
  EXPECT_THAT(answered({1200, 1100, 1300}, "/b.php"), Not(Contains("log.sizes")));
  // Small answers vary by a few words.
  put("/var/www/html/c.php", 0);
  EXPECT_THAT(answered({20, 900, 20}, "/c.php"), Not(Contains("log.sizes")));
}

TEST_F(Site, AnotherDigestThanThePackagesIsTold) {
  put("/var/www/html/lib/f.php", 0, 0, "php-lib", "changed");
  put("/var/www/html/lib/g.php", 0, 0, "php-lib", "unknown");
  EXPECT_THAT(scored(story("/var/www/html/lib/f.php", 50)),
              ElementsAre("file.differs_from_package"));
  EXPECT_TRUE(scored(story("/var/www/html/lib/g.php", 50)).empty());
}

TEST_F(Site, TheReleasesOwnListTells) {
  Entry entry;
  entry.path = "var/www/html/vendor/composer/installed.json";
  const VolumeInfo volume;
  const std::string path = "/" + entry.path;
  const FileItem item{entry, volume, path, {}, {}};
  const MatchFile list{item, {}, nullptr, {}, {}, 1, {}};
  evidence.see_content(list, R"({"packages": [{"name": "a/b"}]})");
  EXPECT_THAT(scored(story("/var/www/html/vendor/a/c/x.php", 50)),
              ElementsAre("file.not_of_release"));
  EXPECT_TRUE(scored(story("/var/www/html/vendor/a/b/x.php", 50)).empty());
  MatchCoverage coverage;
  evidence.add_to(coverage);
  EXPECT_EQ(coverage.looked_at["releases"], 1U);
}

// Preview and finish ask twice; what came between counts.
TEST_F(Site, NeighboursThatComeAfterTheFirstQuestionCount) {
  put("/var/www/html/lib/g.php", 90 * 86400);
  EXPECT_TRUE(scored(story("/var/www/html/lib/g.php", 50)).empty());
  for (int i = 0; i < 5; ++i) {
    put("/var/www/html/lib/f" + std::to_string(i) + ".php", i, 0, "php-lib");
  }
  EXPECT_THAT(scored(story("/var/www/html/lib/g.php", 50)), Contains("file.not_of_package"));
}

TEST_F(Site, NeighboursTell) {
  for (int i = 0; i < 5; ++i) {
    put("/var/www/html/lib/f" + std::to_string(i) + ".php", i, 0, "php-lib");
  }
  put("/var/www/html/lib/g.php", 90 * 86400);
  EXPECT_THAT(scored(story("/var/www/html/lib/g.php", 50)),
              ElementsAre("file.younger_than_siblings", "file.not_of_package"));
  EXPECT_TRUE(scored(story("/var/www/html/lib/f1.php", 50)).empty());
}

TEST(RequestLogTest, WhatIsKeptDoesNotDependOnTheOrder) {
  const RequestLogLimits small{
      .paths = 50, .clients = 5, .places = 3, .per_client = 2, .all_places = 60};
  std::vector<Record> records;
  for (std::uint64_t i = 0; i < 600; ++i) {
    Record record(kAccess);
    record.set("time", Timestamp{kStart + static_cast<std::int64_t>(i), 0});
    record.set("client", "192.0.2." + std::to_string(i % 20));
    record.set("method", std::string("POST"));
    record.set("path", "/d/" + std::to_string(i % 70) + ".php");
    record.set("http_status", std::uint64_t{200});
    record.set("line", i + 1);
    record.source.path = "/access.log";
    record.source.range = ByteRange{i * 10, 9};
    records.push_back(std::move(record));
  }
  const auto told = [&](const RequestLog& log) {
    std::string out;
    for (int i = 0; i < 70; ++i) {
      PathSpec file;
      file.path = "/var/www/d/" + std::to_string(i) + ".php";
      const RequestStory story = log.story_of(file, std::nullopt);
      out += std::to_string(story.hits) + ' ';
      for (const Witness& each : story.witnesses) out += each.excerpt + each.text.en + '\n';
    }
    return out;
  };
  RequestLog forward(small), backward(small);
  for (const Record& record : records) forward.see(record);
  std::reverse(records.begin(), records.end());
  for (const Record& record : records) backward.see(record);
  EXPECT_EQ(told(forward), told(backward));
  EXPECT_GT(forward.left_out(), 0u);
}

}  // namespace
}  // namespace konseki::webshell
