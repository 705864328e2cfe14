#include "agent/match/yara/yara_rules.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "tests/unit/match/yara_support.h"

namespace konseki::yara {
namespace {

using konseki::testing::matches;
using konseki::testing::rules_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> problems(const YaraRules& rules) {
  std::vector<std::string> out;
  for (const RuleProblem& problem : rules.problems()) {
    out.push_back(problem.describe(Language::kEnglish));
  }
  return out;
}

TEST(YaraRules, NamesTheFaultyRuleAndRunsTheRest) {
  const auto rules = rules_of({{"r/a.yar",
                                "rule good { condition: true }\n"
                                "rule bad {\n  strings: $a = /(/\n  condition: $a }\n"
                                "rule needs_bad { condition: bad }\n"
                                "rule last { condition: true }"},
                               {"r/b.yar", "rule other { condition: true }"}});
  EXPECT_EQ(rules->rule_count(), 3u);
  EXPECT_EQ(rules->left_out_count(), 2u);
  EXPECT_THAT(problems(*rules),
              ElementsAre(HasSubstr("r/a.yar:3: bad: does not compile: invalid regular expression"),
                          HasSubstr("r/a.yar:5: needs_bad: does not compile: undefined")));
  EXPECT_THAT(matches(rules, {"/a", "x"}), ElementsAre("good", "last", "other"));
}

TEST(YaraRules, LeavesOutTheWholeFileWhereARuleCannotBeMissed) {
  const auto rules =
      rules_of({{"r/a.yar", "global rule g { condition: nothing }\nrule a { condition: true }"},
                {"r/b.yar", "rule b { condition: none_here }\nrule c { condition: any of (b*) }"},
                {"r/c.yar", "rule d { condition: true"},
                {"r/d.yar", std::string("rule e { condition: true }\0", 27)},
                {"r/e.yar", "rule f { condition: true }"}});
  EXPECT_THAT(matches(rules, {"/a", "x"}), ElementsAre("f"));
  EXPECT_THAT(problems(*rules), ElementsAre(HasSubstr("r/a.yar:1: g: the whole file"),
                                            HasSubstr("r/b.yar:1: b: the whole file"),
                                            HasSubstr("r/c.yar:1: d: the whole file"),
                                            HasSubstr("r/d.yar: the whole")));
}

TEST(YaraRules, GlobalRulesGuardTheirOwnFileAndPrivateOnesAreNotTold) {
  const auto rules = rules_of(
      {{"r/a.yar", "global private rule g { condition: filesize > 3 }\nrule a { condition: true }"},
       {"r/b.yar", "private rule p { condition: true }\nrule b { condition: p }"}});
  EXPECT_THAT(matches(rules, {"/a", "12"}), ElementsAre("b"));
  EXPECT_THAT(matches(rules, {"/a", "1234"}), ElementsAre("a", "b"));
}

TEST(YaraRules, TakesUnknownExternalsAsEmptyAndSaysSo) {
  const auto rules = rules_of({{"r/a.yar",
                                "rule a { condition: strange == \"\" }\n"
                                "rule b { condition: number > 1 }\n"
                                "rule c { condition: not flag }"}});
  EXPECT_THAT(problems(*rules), ElementsAre(HasSubstr("r/a.yar:1: a: the external variable"),
                                            HasSubstr("r/a.yar:2: b: does not compile"),
                                            HasSubstr("r/a.yar:3: c: does not compile")));
  EXPECT_THAT(matches(rules, {"/a", "x"}), ElementsAre("a"));
}

TEST(YaraRules, IncludesOnlyBelowTheFolder) {
  std::vector<std::string> asked;
  const auto read = [&](const std::string& path) -> Result<std::string> {
    asked.push_back(path);
    if (path == "r/sub/b.yar") return std::string("include \"../c.yar\"");
    if (path == "r/c.yar") return std::string("rule c { condition: true }");
    return fail(ErrorCode::kNotFound, path);
  };
  const auto rules =
      rules_of({{"r/a.yar", "include \"sub/b.yar\"\nrule a { condition: c }"},
                {"r/x.yar", "include \"../../etc/x.yar\"\nrule x { condition: true }"},
                {"r/y.yar", "include \"/etc/y.yar\"\nrule y { condition: true }"},
                {"r/z.yar", "include \"missing.yar\"\nrule z { condition: true }"}},
               read);
  EXPECT_THAT(matches(rules, {"/a", "x"}), ElementsAre("a", "c"));
  EXPECT_EQ(rules->problems().size(), 3u);
  for (const std::string& path : asked) EXPECT_TRUE(path.starts_with("r/")) << path;
}

TEST(YaraRules, DoesNotReadAnIndexTwice) {
  const auto rules =
      rules_of({{"r/index.yar", "include \"./a.yar\""}, {"r/a.yar", "rule a { condition: true }"}});
  EXPECT_THAT(matches(rules, {"/a", "x"}), ElementsAre("a"));
  EXPECT_THAT(problems(*rules), ElementsAre(HasSubstr("index")));
}

TEST(YaraRules, ReadsOtherEncodings) {
  const std::string text = "rule a { condition: true }";
  std::string utf16 = "\xff\xfe";
  for (const char c : text) utf16 += std::string(1, c) + '\0';
  const auto rules = rules_of({{"r/a.yar", utf16}, {"r/b.yar", "\xef\xbb\xbf" + text}});
  EXPECT_THAT(problems(*rules), IsEmpty());
  EXPECT_EQ(rules->rule_count(), 2u);
}

TEST(YaraRules, UsesCompiledRulesAndRefusesDamagedOnes) {
  std::optional<CompilerError> error;
  const IncludeReader none;
  const RuleSource source = make_rule_source(
      {"s.yar", "rule old { condition: filesize == 2 and extension == \".bin\" }", {}});
  const YaraRulesHandle compiled =
      RuleCompiler(none).compile({{&source, source.file.bytes}}, error);
  ASSERT_TRUE(compiled);
  std::string bytes;
  YR_STREAM stream{
      &bytes, nullptr, [](const void* data, std::size_t size, std::size_t count, void* user) {
        static_cast<std::string*>(user)->append(static_cast<const char*>(data), size * count);
        return count;
      }};
  ASSERT_EQ(yr_rules_save_stream(compiled.get(), &stream), ERROR_SUCCESS);
  const auto rules = rules_of(
      {{"r/a.yac", bytes}, {"r/b.yac", bytes.substr(0, 30)}, {"r/c.yac", "YARA\xff\xff\xff\xff"}});
  EXPECT_THAT(problems(*rules), ElementsAre(HasSubstr("r/b.yac"), HasSubstr("r/c.yac")));
  EXPECT_THAT(matches(rules, {"/a.bin", "ab"}), ElementsAre("old"));
  EXPECT_THAT(matches(rules, {"/a.bin", "abc"}), IsEmpty());
}

volatile std::uintptr_t g_nowhere = 8;

// Faults inside of libyara, for files of the names "crash" and "hang".
void fault(const RuleFile& file) {
  static std::atomic<std::uint64_t> turns;
  if (file.name.ends_with("crash.yar")) *reinterpret_cast<volatile int*>(g_nowhere) = 1;
  while (file.name.ends_with("hang.yar")) turns.fetch_add(1);
}

std::shared_ptr<YaraRules> rules_with_faults(std::vector<RuleFile> files, int patience_ms) {
  return *YaraRules::load(std::move(files), {}, {std::chrono::milliseconds(patience_ms), fault});
}

TEST(YaraRules, AFileThatStopsTheCompilerIsNamedAndLeftOut) {
  const std::string text = "rule r { condition: true }";
  const auto rules = rules_with_faults({{"r/a.yar", "rule a { condition: true }", {}},
                                        {"r/crash.yar", text, {}},
                                        {"r/faulty.yar", "rule f { condition: nothing }", {}},
                                        {"r/hang.yar", text, {}},
                                        {"r/z.yar", "rule z { condition: true }", {}}},
                                       2'000);
  EXPECT_THAT(
      problems(*rules),
      ElementsAre(HasSubstr("r/crash.yar: the whole file is left out: does not compile: libyara "
                            "did not survive this: it crashed ("),
                  HasSubstr("r/faulty.yar:1: f: does not compile"),
                  HasSubstr("r/hang.yar: the whole file is left out: does not compile: libyara "
                            "did not survive this: it hung")));
  EXPECT_EQ(rules->left_out_count(), 3u);
  EXPECT_THAT(matches(rules, {"/a", "x"}), ElementsAre("a", "z"));
}

TEST(YaraRules, ManyStopsEndTheCompilation) {
  std::vector<RuleFile> files;
  for (int i = 10; i < 35; ++i) {
    files.push_back({std::to_string(i) + "crash.yar", "rule r { condition: true }", {}});
  }
  files.push_back({"z.yar", "rule z { condition: true }", {}});
  const auto rules = rules_with_faults(std::move(files), 10'000);
  EXPECT_EQ(rules->rule_count(), 0u);
  const auto all = problems(*rules);
  ASSERT_EQ(all.size(), 26u);
  EXPECT_THAT(all[19], HasSubstr("29crash.yar: the whole file is left out: does not compile: "
                                 "libyara did not survive this: it crashed"));
  EXPECT_THAT(all[20], HasSubstr("30crash.yar: the whole file is left out: does not compile: not "
                                 "tried, since 20 files stopped libyara"));
  EXPECT_THAT(all[25], HasSubstr("z.yar: the whole file is left out"));
}

// libyara compares every name of a string with each of a great many wildcards: a file of 8 MB takes
// it ten seconds of processor time.
TEST(YaraRules, AFileThatTakesForEverIsStopped) {
  std::string slow = "rule slow { strings:\n";
  for (int i = 0; i < 9'000; ++i) {
    slow += "$s" + std::to_string(i) + " = \"text" + std::to_string(i) + "\"\n";
  }
  slow += "condition: any of ($s8999*)";
  for (int i = 0; i < 400'000; ++i) slow += " or any of ($s8999*)";
  slow += " }";
  const auto rules = rules_with_faults(
      {{"a.yar", "rule a { condition: true }", {}}, {"slow.yar", slow, {}}}, 1'000);
  EXPECT_THAT(problems(*rules), ElementsAre(HasSubstr("slow.yar: the whole file is left out: does "
                                                      "not compile: libyara did not survive "
                                                      "this: it hung and was stopped")));
  EXPECT_THAT(matches(rules, {"/a", "x"}), ElementsAre("a"));
}

// Most rules are never shown most files; the answers are those of all rules together.
TEST(YaraRules, TheSieveChangesNoAnswer) {
  const std::string text =
      "import \"pe\"\nimport \"elf\"\n"
      "rule mz { condition: uint16(0) == 0x5a4d and filesize < 100KB }\n"
      "rule elf_head { condition: uint32(0) == 0x464c457f }\n"
      "rule pdf { strings: $a = \"%PDF\" condition: $a at 0 }\n"
      "private rule text { condition: uint32be(0) == 0x23212f62 }\n"
      "rule script { condition: text and filesize < 1MB }\n"
      "rule large { condition: filesize > 600KB }\n"
      "rule not_pe { condition: not pe.is_pe }\n"
      "rule no_sections { condition: pe.number_of_sections == 0 }\n"
      "rule any_file { condition: true }\n";
  const std::string needs_strings =
      "private rule base { strings: $a = \"needle one\" wide condition: $a }\n"
      "rule named { condition: base }\n"
      "rule two { strings: $a = \"needle two\" $b = /three [0-9]+ needles/ condition: all of them "
      "}\nrule neither { strings: $a = \"needle two\" condition: not $a }\n";
  const auto sieved = rules_of({{"r/a.yar", text}, {"r/b.yar", needs_strings}});
  const auto whole = rules_of({{"r/a.yar", text}, {"r/b.yar", needs_strings}});
  whole->set_sieve(false);
  const std::string wide("n\0e\0e\0d\0l\0e\0 \0o\0n\0e\0", 20);
  for (const std::string head : {"MZ", "\x7f\x45LF", "%PDF-1", "#!/bin/sh\n", "plain", "M", ""}) {
    for (const std::size_t size : {0, 100, 70'000, 700'000}) {
      for (const std::string& tail : {std::string(), std::string("needle two"),
                                      std::string("three 33 needles, needle two"), wide}) {
        std::string content = head;
        content.resize(std::max(content.size(), size), 'x');
        for (const bool in_memory : {true, false}) {
          const konseki::testing::FakeFile file{"/f", content + tail, in_memory};
          EXPECT_EQ(matches(sieved, file), matches(whole, file)) << head << " " << size;
        }
      }
    }
  }
}

TEST(YaraRules, NoSetIsRunWhereNoRuleCanFire) {
  const auto rules = rules_of({{"r/a.yar", "rule a { strings: $a = \"needle\" condition: $a }"}});
  const auto choice = rules->make_choice();
  const auto sets = [&](std::string_view text) {
    return rules->sets_for(*choice, std::as_bytes(std::span(text))).size();
  };
  EXPECT_EQ(sets("nothing here"), 0u);
  EXPECT_EQ(sets("a needle"), 1u);
  EXPECT_EQ(sets("nothing here"), 0u);
}

TEST(IncludePath, StaysBelow) {
  EXPECT_EQ(include_path("r/", "r/a.yar", "b.yar"), "r/b.yar");
  EXPECT_EQ(include_path("r/", "r/s/a.yar", "../b.yar"), "r/b.yar");
  EXPECT_EQ(include_path("r/", "r/s/a.yar", "..\\b.yar"), "r/b.yar");
  EXPECT_EQ(include_path("r/", "r/a.yar", "../b.yar"), "");
  EXPECT_EQ(include_path("r/", "r/a.yar", "C:/b.yar"), "");
  EXPECT_EQ(include_path("r/", "r/a.yar", "/b.yar"), "");
  EXPECT_EQ(include_path("", "a.yar", "b.yar"), "");
}

}  // namespace
}  // namespace konseki::yara
