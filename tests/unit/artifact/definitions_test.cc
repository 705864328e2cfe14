#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "agent/artifact/path_pattern.h"
#include "agent/artifact/variables.h"
#include "agent/artifact/yaml_document.h"
#include "konseki/artifact.h"
#include "tests/support/corpora.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

DefinitionSet load(const std::string& yaml, const std::string& name = "test.yaml") {
  const NamedText text{name, yaml};
  return load_definitions({&text, 1});
}

std::vector<std::string> problems(const DefinitionSet& set,
                                  Language language = Language::kEnglish) {
  std::vector<std::string> lines;
  for (const auto& problem : set.problems()) lines.push_back(problem.describe(language));
  return lines;
}

std::vector<std::string> names(const DefinitionSet& set) {
  std::vector<std::string> list;
  for (const auto& definition : set.definitions()) list.push_back(definition.name);
  return list;
}

const std::string kGood =
    "---\nname: Good\ndoc: d\nsources:\n- type: FILE\n  attributes: {paths: [/a]}\n";

TEST(Definitions, EverySourceTypeIsRead) {
  const auto set = load(R"(---
name: All
aliases: [Other]
doc: Everything.
sources:
- type: FILE
  attributes:
    paths: ['%%users.homedir%%\a\*', 'C:\b']
    separator: '\'
- type: DIRECTORY
  attributes: {paths: [/etc]}
- type: PATH
  attributes: {paths: [/var]}
- type: REGISTRY_KEY
  attributes: {keys: ['HKEY_USERS\%%users.sid%%\Software\*']}
- type: REGISTRY_VALUE
  attributes:
    key_value_pairs:
    - {key: '%%current_control_set%%\Control\Lsa', value: 'Security Packages'}
    - {key: 'HKEY_LOCAL_MACHINE\Software', value: ''}
- type: WMI
  attributes: {query: SELECT * FROM X, base_object: 'winmgmts:\root'}
- type: COMMAND
  attributes: {cmd: /bin/ls, args: [-l]}
  supported_os: [Linux]
- type: ARTIFACT_GROUP
  attributes: {names: [All2]}
supported_os: [Linux, Windows]
urls: ['https://example.com']
labels: [System]
conditions: [x]
provides: [users.sid]
---
name: All2
doc: d
sources:
- type: COMMAND
  attributes: {cmd: id, args: []}
)");
  EXPECT_THAT(problems(set), IsEmpty());
  const auto* all = set.find("Other");
  ASSERT_NE(all, nullptr);
  EXPECT_EQ(all->name, "All");
  ASSERT_EQ(all->sources.size(), 8u);
  EXPECT_EQ(all->sources[0].paths[0].pattern, "%%users.homedir%%/a/*");
  EXPECT_EQ(all->sources[1].type, ArtifactType::kPath);
  EXPECT_EQ(all->sources[3].keys[0].key, "HKEY_USERS/%%users.sid%%/Software/*");
  EXPECT_EQ(all->sources[4].keys[0].value, "Security Packages");
  EXPECT_EQ(all->sources[4].keys[0].line, 19u);
  EXPECT_THAT(all->sources[6].arguments, ElementsAre("/bin/ls", "-l"));
  EXPECT_FALSE(all->applies_to(all->sources[6], OperatingSystem::kWindows));
  EXPECT_TRUE(all->applies_to(all->sources[0], OperatingSystem::kWindows));
  EXPECT_EQ(all->path_count(), 7u);
}

TEST(Definitions, OneBadDefinitionDoesNotLoseTheOthers) {
  const auto set =
      load("# comment\n" + kGood +
           "---\nname: Broken\ndoc: [unclosed\nsources: 1\n"
           "---\ndoc: nameless\nsources: []\n"
           "---\n- a list\n"
           "---\nname: NoSources\ndoc: d\n"
           "---\nname: Last\ndoc: d\nsources:\n- type: FILE\n  attributes: {paths: [/b]}\n");
  EXPECT_THAT(names(set), ElementsAre("Good", "Last"));
  EXPECT_THAT(problems(set),
              ElementsAre(HasSubstr("test.yaml:11: error: not valid YAML"),
                          HasSubstr("test.yaml:13: error: definition without a name"),
                          HasSubstr("test.yaml:16: error: a definition must be a mapping"),
                          HasSubstr("test.yaml:18: error: NoSources: no list of sources")));
}

// What of a definition can be used, is used; the rest is named with its line.
TEST(Definitions, OnlyTheBadPartIsLost) {
  const auto set = load(
      "name: A\n"                                                                      // 1
      "doc: d\n"                                                                       // 2
      "extra: 1\n"                                                                     // 3
      "sources:\n"                                                                     // 4
      "- type: FILE\n"                                                                 // 5
      "  attributes:\n"                                                                // 6
      "    paths:\n"                                                                   // 7
      "    - /good\n"                                                                  // 8
      "    - '%%users.nonsense%%/x'\n"                                                 // 9
      "    - /x**\n"                                                                   // 10
      "    - /**y\n"                                                                   // 11
      "    - /**/a/**\n"                                                               // 12
      "    - /a/**/\n"                                                                 // 13
      "    - /a/**11\n"                                                                // 14
      "    - /good\n"                                                                  // 15
      "    - [1]\n"                                                                    // 16
      "- type: NONSENSE\n"                                                             // 17
      "- type: REGISTRY_KEY\n"                                                         // 18
      "  attributes: {keys: ['HKEY_CURRENT_USER\\Software', 'HKCU\\x', 'HKLM\\x']}\n"  // 19
      "- type: REGISTRY_VALUE\n"                                                       // 20
      "  attributes: {key_value_pairs: [{key: HKEY_USERS}]}\n"                         // 21
      "- type: FILE\n"                                                                 // 22
      "- type: FILE\n"                                                                 // 23
      "  attributes: {paths: [/p], keys: [x]}\n"                                       // 24
      "  supported_os: [Plan9]\n"                                                      // 25
      "- type: FILE\n"                                                                 // 26
      "  attributes: {paths: [/q], separator: ':'}\n"                                  // 27
      "- type: FILE\n"                                                                 // 28
      "  attributes: {paths: [/r]}\n"                                                  // 29
      "  supported_os: [Windows]\n"                                                    // 30
      "supported_os: [Linux]\n");
  const std::vector<std::string> expected = {
      "test.yaml:3: error: A: undefined key: extra",
      "test.yaml:9: error: A: unknown variable: %%users.nonsense%%",
      "test.yaml:10: error: A: '**' must be a segment of its own",
      "test.yaml:11: error: A: '**' must be a segment of its own",
      "test.yaml:12: error: A: more than one '**' in a path",
      "test.yaml:13: error: A: '**' before a closing separator",
      "test.yaml:14: warning: A: number after '**' must be 1 to 10",
      "test.yaml:15: warning: A: path given twice",
      "test.yaml:16: error: A: list member is not a text: paths",
      "test.yaml:17: error: A: unknown source type: NONSENSE",
      "test.yaml:19: error: A: HKEY_CURRENT_USER cannot be resolved offline",
      "test.yaml:19: error: A: HKEY_CURRENT_USER cannot be resolved offline",
      "test.yaml:19: error: A: unknown registry root: HKLM/x",
      "test.yaml:21: error: A: a pair must hold exactly `key` and `value`",
      "test.yaml:22: error: A: missing attribute: paths",
      "test.yaml:25: error: A: unknown operating system: Plan9",
      "test.yaml:26: error: A: separator must be / or",
      "test.yaml:30: error: A: operating system that the definition itself does not have: Windows"};
  const auto lines = problems(set);
  ASSERT_EQ(lines.size(), expected.size()) << ::testing::PrintToString(lines);
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_THAT(lines[i], HasSubstr(expected[i]));
  ASSERT_NE(set.find("A"), nullptr);
  const auto& paths = set.find("A")->sources[0].paths;
  ASSERT_EQ(paths.size(), 2u);
  EXPECT_EQ(paths[0].pattern, "/good");
  EXPECT_EQ(paths[1].pattern, "/a/**11");
}

TEST(Definitions, ProblemsBetweenDefinitions) {
  const auto group = [](const std::string& name, const std::string& members,
                        const std::string& more = "") {
    return "---\nname: " + name + "\n" + more +
           "doc: d\nsources:\n- type: ARTIFACT_GROUP\n  attributes: {names: [" + members + "]}\n";
  };
  const auto set = load(kGood + group("A", "B, Missing") + group("B", "C, Good") + group("C", "A") +
                        group("Self", "Self") + group("D", "Good", "aliases: [Good, E]\n") +
                        group("F", "E", "aliases: [E]\n") + kGood);
  const auto lines = problems(set);
  EXPECT_THAT(lines, UnorderedElementsAre(
                         HasSubstr("test.yaml:11: error: A: group member does not exist: Missing"),
                         HasSubstr("A: group holds itself: A > B > C > A"),
                         HasSubstr("Self: group holds itself: Self > Self"),
                         HasSubstr("D: alias is taken by Good: Good"),
                         HasSubstr("F: alias is taken by D: E"),
                         HasSubstr("Good: name is taken: test.yaml:2")));
}

TEST(Definitions, LaterSetsReplaceEarlierOnes) {
  DefinitionSet set = embedded_definitions();
  const std::size_t count = set.definitions().size();
  const NamedText text{
      "mine.yaml",
      "name: LinuxPasswdFile\ndoc: mine\nsources:\n- type: FILE\n  attributes: {paths: [/x]}\n"};
  set.add({&text, 1});
  EXPECT_EQ(set.definitions().size(), count);
  EXPECT_EQ(set.find("LinuxPasswdFile")->description, "mine");
}

TEST(Definitions, CheckSpeaksOfTheFilesGivenAlone) {
  const std::string yaml = kGood +
                           "---\nname: G\ndoc: d\nsources:\n- type: ARTIFACT_GROUP\n"
                           "  attributes: {names: [LinuxPasswdFile, Good, Gone]}\n";
  const NamedText text{"mine.yaml", yaml};
  const DefinitionCheck check = check_definitions({&text, 1});
  EXPECT_EQ(check.definitions, 2u);
  EXPECT_FALSE(check.passed());
  ASSERT_EQ(check.problems.size(), 1u);
  EXPECT_EQ(check.problems[0].describe(Language::kEnglish),
            "mine.yaml:11: error: G: group member does not exist: Gone");
  const DefinitionSet set = load_definitions({&text, 1});
  EXPECT_THAT(set.find("G")->types(), ElementsAre(ArtifactType::kGroup));
}

TEST(Definitions, MessagesExistInJapanese) {
  const auto set = load("name: A\ndoc: d\nsources:\n- type: X\n");
  EXPECT_THAT(problems(set, Language::kJapanese),
              ElementsAre(HasSubstr("エラー: A: 不明なソース種別です: X")));
}

TEST(Definitions, OwnExtensionsNarrowAFileSource) {
  const auto set = load(
      "name: A\ndoc: d\nsources:\n- type: FILE\n  attributes: {paths: [/w/*], recursive: true, "
      "name_regex: '\\.php$', max_size: 1 MiB}\n- type: FILE\n  attributes: {paths: [/v/*], "
      "name_regex: '('}\n");
  EXPECT_THAT(problems(set),
              ElementsAre(HasSubstr("test.yaml:6: error: A: name_regex is no regular expression")));
  ASSERT_EQ(set.find("A")->sources.size(), 1u);
  const auto& path = set.find("A")->sources[0].paths[0];
  EXPECT_TRUE(path.recursive);
  EXPECT_EQ(path.name_expression, "\\.php$");
  EXPECT_EQ(path.max_size, 1u << 20);
}

TEST(KapeTargets, BecomeDefinitions) {
  const auto set = load(
      "Description: Event logs\nAuthor: x\nVersion: 1\nId: y\nRecreateDirectories: true\nTargets:\n"
      "-\n    Name: a\n    Category: c\n    Path: C:\\Windows\\Logs\\\n    FileMask: '*.evtx'\n"
      "-\n    Name: b\n    Category: c\n    Path: C:\\Users\\%user%\\x[1]\n    Recursive: true\n"
      "-\n    Name: c\n    Path: Sub\\Other.tkape\n"
      "-\n    Name: d\n    Path: D:\\$Extend\n    FileMask: $UsnJrnl:$J\n"
      "-\n    Name: e\n    Path: C:\\x\n    FileMask: 'regex:('\n"
      "-\n    Name: f\n",
      "some/Logs.TKAPE");
  const auto* logs = set.find("Logs");
  ASSERT_NE(logs, nullptr);
  ASSERT_EQ(logs->sources.size(), 4u);
  EXPECT_EQ(logs->sources[0].paths[0].pattern, "%%environ_systemdrive%%/Windows/Logs/*.evtx");
  EXPECT_EQ(logs->sources[1].paths[0].pattern, "%%environ_systemdrive%%/Users/*/x[[]1]/*");
  EXPECT_TRUE(logs->sources[1].paths[0].recursive);
  EXPECT_THAT(logs->sources[2].names, ElementsAre("Other"));
  EXPECT_EQ(logs->sources[3].paths[0].pattern, "%%environ_systemdrive%%/$Extend/$UsnJrnl:$J");
  EXPECT_THAT(problems(set), UnorderedElementsAre(HasSubstr("group member does not exist: Other"),
                                                  HasSubstr("FileMask is no regular expression"),
                                                  HasSubstr("target without a Path")));
}

TEST(Yaml, RefusesWhatWouldHurt) {
  const auto error_of = [](const std::string& text) {
    const auto documents = parse_yaml(text);
    return documents.empty() ? std::string("nothing") : documents.back().error;
  };
  EXPECT_THAT(error_of(std::string(100000, '[')), HasSubstr("nested too deeply"));
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_THAT(error_of(deep), Not(IsEmpty()));
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) laughs += ", " + before;
    laughs += "]\n";
  }
  EXPECT_THAT(error_of(laughs), HasSubstr("more than 100000 nodes"));
  std::string texts = "a: &a " + std::string(200000, 'x') + "\nb: [";
  for (int i = 0; i < 1000; ++i) texts += "*a, ";
  EXPECT_THAT(error_of(texts + "1]"), HasSubstr("more than 100000 nodes"));
  EXPECT_THAT(error_of("a: &a [*a]"), HasSubstr("alias inside its own anchor"));
  EXPECT_THAT(error_of("a: *nowhere"), HasSubstr("not valid YAML"));
  EXPECT_THAT(error_of("a: 1\na: 2"), HasSubstr("key given twice"));
  EXPECT_THAT(error_of("? [a]\n: b"), HasSubstr("key must be plain text"));
  EXPECT_THAT(error_of(std::string("a: \0", 4)), HasSubstr("not UTF-8"));
  EXPECT_THAT(error_of(std::string(2 << 20, 'a')), HasSubstr("larger than 1 MiB"));
  EXPECT_EQ(error_of(""), "nothing");
  EXPECT_EQ(error_of("# only a comment\n---\n"), "nothing");
  EXPECT_EQ(error_of("\xEF\xBB\xBF"
                     "a: 1"),
            "");
}

TEST(Yaml, AnyPrefixOfAFileIsHarmless) {
  const std::string text =
      kGood + "---\nname: {a: [1, 'x', \"y\"]}\n" + kGood + "key: |\n  block\n---\n&a x\n";
  for (std::size_t size = 0; size <= text.size(); ++size) load(text.substr(0, size));
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 0x15);
    load(changed);
  }
}

// Valid YAML 1.2 that yaml-cpp refuses; upstream's own data has it.
TEST(Yaml, FlowValueWithoutABlank) {
  const auto documents = parse_yaml("a: {paths:['/x:[y']}\n");
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].error, "");
  EXPECT_EQ(documents[0].root.find("a")->find("paths")->items[0].text, "/x:[y");
}

TEST(Patterns, SplitIntoSegments) {
  using Kind = PatternSegment::Kind;
  EXPECT_THAT(
      split_pattern("//a/*.x/**3/b["),
      ElementsAre(PatternSegment{Kind::kLiteral, "a", 0}, PatternSegment{Kind::kGlob, "*.x", 0},
                  PatternSegment{Kind::kGlobstar, "", 3}, PatternSegment{Kind::kLiteral, "b[", 0}));
  EXPECT_EQ(split_pattern("/**")[0].depth, kGlobstarDepth);
  EXPECT_EQ(split_pattern("/**1")[0].depth, 1u);
  EXPECT_EQ(split_pattern("/**0")[0].depth, kGlobstarDepth);
}

TEST(Variables, ExpandToEveryCombination) {
  const VariableValues values{{"users.homedir", {"/a", "/b"}}, {"users.sid", {"1", "2"}}};
  EXPECT_THAT(expand_variables("%%Users.HomeDir%%/%%users.sid%%", values).texts,
              ElementsAre("/a/1", "/a/2", "/b/1", "/b/2"));
  EXPECT_THAT(expand_variables("%%environ_windir%%/x", values).texts, IsEmpty());
  EXPECT_THAT(expand_variables("100%%", values).texts, ElementsAre("100%%"));
}

TEST(Embedded, DebiansSetAndOursLoadWithoutErrors) {
  const auto set = embedded_definitions();
  for (const auto& problem : set.problems()) {
    EXPECT_EQ(problem.level, DefinitionProblem::Level::kWarning)
        << problem.describe(Language::kEnglish);
  }
  const auto from_debian =
      std::count_if(set.definitions().begin(), set.definitions().end(),
                    [](const auto& d) { return d.file.starts_with("forensic-artifacts/"); });
  EXPECT_EQ(from_debian, 660);
}

TEST(Embedded, ProfilesResolve) {
  const auto set = embedded_definitions();
  const auto profiles = embedded_profiles(set);
  for (const auto& problem : profiles.problems)
    ADD_FAILURE() << problem.describe(Language::kEnglish);
  std::vector<std::string> found;
  for (const auto& profile : profiles.profiles) found.push_back(profile.name);
  EXPECT_THAT(found, ElementsAre("full", "long-term", "sweep", "triage", "web-server"));
  const auto* full = profiles.find("full");
  EXPECT_EQ(full->listing, Profile::Listing::kAll);
  EXPECT_EQ(full->digests, Profile::DigestScope::kAll);
  EXPECT_EQ(full->artifacts, profiles.find("triage")->artifacts);
  for (const std::string& name : profiles.find("triage")->artifacts) {
    for (const char* wider : {"web-server", "long-term"}) {
      const auto& list = profiles.find(wider)->artifacts;
      EXPECT_TRUE(std::find(list.begin(), list.end(), name) != list.end()) << wider << " " << name;
    }
  }
}

TEST(Profiles, ErrorsAreNamed) {
  const auto set = load(kGood);
  const NamedText text{
      "p.yaml",
      "name: p\ndescription: {en: a, ja: b}\nartifacts: [Good, Nope]\nincludes: [none]\n"
      "---\nname: q\ndescription: {en: a}\n"
      "---\nname: r\ndescription: {en: a, ja: b}\nlimits: {max_time: soon}\n"
      "---\nname: s\ndescription: {en: a, ja: b}\nlisting: some\n"
      "---\nname: t\ndescription: {en: a, ja: b}\nincludes: [p, t]\nvolatile: true\n"
      "collectors: [linux.cron]\nlimits: {max_file_size: 2 GiB, max_time: 5 m}\n"};
  const auto profiles = load_profiles({&text, 1}, set);
  std::vector<std::string> lines;
  for (const auto& problem : profiles.problems)
    lines.push_back(problem.describe(Language::kEnglish));
  EXPECT_THAT(lines, UnorderedElementsAre(
                         HasSubstr("p.yaml:1: error: p: artifact does not exist: Nope"),
                         HasSubstr("p.yaml:1: error: p: included profile does not exist: none"),
                         HasSubstr("p.yaml:7: error: q: description must hold"),
                         HasSubstr("p.yaml:11: error: r: limit not understood: max_time: soon"),
                         HasSubstr("p.yaml:15: error: s: value not known here: some")));
  const auto* t = profiles.find("t");
  ASSERT_NE(t, nullptr);
  EXPECT_THAT(t->artifacts, ElementsAre("Good", "Nope"));
  EXPECT_EQ(t->limits.max_file_size, 2ull << 30);
  EXPECT_EQ(t->limits.max_seconds, 300u);
  EXPECT_TRUE(t->wants_collector("linux.cron"));
  EXPECT_FALSE(t->wants_collector("linux.dpkg"));
}

struct Corpus {
  std::vector<std::string> contents;
  std::vector<NamedText> texts;
};

Corpus read_corpus(const std::filesystem::path& folder, const std::string& extension) {
  Corpus corpus;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    corpus.contents.emplace_back(std::istreambuf_iterator<char>(stream),
                                 std::istreambuf_iterator<char>());
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    corpus.texts.push_back({files[i].filename().string(), corpus.contents[i]});
  }
  return corpus;
}

TEST(Corpora, EveryKapeTargetLoads) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  const auto corpus = read_corpus(corpora + "/artifact-definitions", ".tkape");
  ASSERT_FALSE(corpus.texts.empty());
  const auto set = load_definitions(corpus.texts);
  EXPECT_EQ(set.definitions().size(), corpus.texts.size());
  for (const auto& problem : set.problems()) {
    EXPECT_EQ(problem.level, DefinitionProblem::Level::kWarning)
        << problem.describe(Language::kEnglish);
  }
}

TEST(Corpora, NewerForensicArtifactsLayOverTheEmbeddedSet) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  const auto corpus = read_corpus(corpora + "/artifact-definitions", ".yaml");
  ASSERT_FALSE(corpus.texts.empty());
  DefinitionSet set = embedded_definitions();
  set.add(corpus.texts);
  EXPECT_GT(set.definitions().size(), 720u);
  for (const auto& problem : set.problems()) {
    EXPECT_EQ(problem.level, DefinitionProblem::Level::kWarning)
        << problem.describe(Language::kEnglish);
  }
}

}  // namespace
}  // namespace konseki
