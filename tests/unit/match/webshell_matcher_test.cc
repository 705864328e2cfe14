#include "agent/match/webshell/webshell_matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>

#include "agent/base/memory_reader.h"

namespace konseki::webshell {
namespace {

class Collected : public FindingSink {
 public:
  void emit(Finding&& finding) override { found.push_back(std::move(finding)); }
  void gap(std::string_view, const Error&) override { ++gaps; }
  std::vector<Finding> found;
  int gaps = 0;
};

void show(Matcher& matcher, const std::string& path, const std::string& content, Collected& sink) {
  Entry entry;
  VolumeInfo volume;
  const FileItem item{entry, volume, path, {}, {}};
  PathSpec address;
  address.path = path;
  MatchFile file{.item = item, .address = address};
  file.size = content.size();
  file.content = std::as_bytes(std::span(content));
  MemoryReader reader(Bytes(file.content.begin(), file.content.end()));
  if (matcher.wants_content(file)) matcher.match_content(file, reader, sink);
}

const std::string kShell = std::string("<") + "?php @ev" + "al($_PO" + "ST['x']);";

TEST(WebshellMatcher, OneFindingAFileAtTheEnd) {
  const auto matcher = make_webshell_matcher();
  Collected sink;
  show(*matcher, "/var/www/a.php", kShell, sink);
  show(*matcher, "/var/www/b.php", "<?php echo 1;", sink);
  show(*matcher, "/var/www/c.txt", "no script", sink);
  EXPECT_TRUE(sink.found.empty());
  matcher->finish(sink);
  ASSERT_EQ(sink.found.size(), 1u);
  const Finding& finding = sink.found[0];
  EXPECT_EQ(finding.subject.path, "/var/www/a.php");
  EXPECT_EQ(finding.technique, "T1505.003");
  EXPECT_FALSE(finding.reason.en.empty());
  EXPECT_FALSE(finding.reason.ja.empty());
  EXPECT_EQ(finding.witnesses[0].name, "code.run_input");
  const MatchCoverage coverage = matcher->coverage();
  EXPECT_EQ(coverage.looked_at.at("files"), 3u);
  EXPECT_EQ(coverage.looked_at.at("scripts"), 2u);
}

// A library's texts may look like code; only a name that a server runs makes them a page.
TEST(WebshellMatcher, ProgramsAreNoPages) {
  const auto matcher = make_webshell_matcher();
  Collected sink;
  const std::string program = std::string(
                                  "\x7f"
                                  "ELF\2\1\1\0\0",
                                  9) +
                              kShell;
  show(*matcher, "/usr/lib/libx.so.1", program, sink);
  show(*matcher, "/usr/bin/x", program, sink);
  matcher->finish(sink);
  EXPECT_TRUE(sink.found.empty());
  const auto again = make_webshell_matcher();
  show(*again, "/var/www/x.php", program, sink);
  again->finish(sink);
  EXPECT_EQ(sink.found.size(), 1u);
}

// Perl that reads its input and runs commands is a page in a cgi-bin, and a tool among programs.
TEST(WebshellMatcher, ToolsOfTheSystemAreAtMostLow) {
  const std::string tool = "#!/usr/bin/perl\nmy $c = <STDIN>;\nsys" + std::string("tem($c);\n");
  for (const auto& [path, expected] : {std::pair{"/usr/bin/tool", Severity::kLow},
                                       std::pair{"/usr/lib/cgi-bin/tool.pl", Severity::kHigh}}) {
    const auto matcher = make_webshell_matcher();
    Collected sink;
    show(*matcher, path, tool, sink);
    matcher->finish(sink);
    ASSERT_EQ(sink.found.size(), 1u) << path;
    EXPECT_EQ(sink.found[0].severity, expected) << path;
  }
}

// Code and rules agree: two kinds of witnesses make it critical.
TEST(WebshellMatcher, RulesAreAWitness) {
  const auto matcher = make_webshell_matcher();
  Collected sink;
  show(*matcher, "/a.php", kShell, sink);
  matcher->finish(sink);
  ASSERT_EQ(sink.found.size(), 1u);
  EXPECT_EQ(kinds_of(sink.found[0].witnesses), 2u);
  EXPECT_EQ(sink.found[0].severity, Severity::kCritical);
}

TEST(WebshellMatcher, FurtherWitnessesRaiseTheScore) {
  ScriptResult result;
  result.address.path = "/a.php";
  result.languages = {"php"};
  result.witnesses.push_back({"code.upload", 45, {"stores", "保存"}, {}, {}});
  const int alone = finding_of(result).score;
  result.witnesses.push_back({"log.few_clients", 50, {"few", "少数"}, {}, {}});
  EXPECT_GT(finding_of(result).score, alone);
}

TEST(WebshellMatcher, EveryRuleOfOursCompiles) {
  EXPECT_EQ(make_webshell_matcher()->coverage().loaded.at("rules"), 10u);
}

}  // namespace
}  // namespace konseki::webshell
