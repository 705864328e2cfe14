// The analysis as a whole, on look-alikes. Their dangerous words are split, so that this file
// itself is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "agent/base/base64.h"
#include "agent/match/webshell/analysis.h"

namespace konseki::webshell {
namespace {

const std::string kPhp = std::string("<") + "?php ";
const std::string kPost = std::string("$_PO") + "ST";
const std::string kEval = std::string("ev") + "al";

std::vector<std::string> witnesses_of(const std::string& code, const std::string& name = "a.php") {
  std::vector<std::string> names;
  for (const Witness& witness : analyse(code, name).witnesses) names.push_back(witness.name);
  return names;
}

std::string base64(const std::string& text) {
  return base64_encode(std::as_bytes(std::span(text.data(), text.size())));
}

TEST(WebshellAnalysis, InputThatIsRun) {
  EXPECT_THAT(witnesses_of(kPhp + "@" + kEval + "(" + kPost + "['c']);"),
              testing::Contains("code.run_input"));
  EXPECT_THAT(
      witnesses_of(kPhp + "$a = " + kPost + "['x']; $b = base64_decode($a); " + kEval + "($b);"),
      testing::Contains("code.run_input"));
}

TEST(WebshellAnalysis, InputThatIsOnlyShown) {
  EXPECT_THAT(witnesses_of(kPhp + "echo htmlspecialchars(" + kPost + "['c']);"),
              testing::IsEmpty());
  EXPECT_THAT(witnesses_of(kPhp + "$n = (int)" + kPost + "['n']; sys" + "tem('nice -n ' . $n);"),
              testing::Not(testing::Contains("code.command_input")));
}

TEST(WebshellAnalysis, InputThatNamesAFunction) {
  EXPECT_THAT(witnesses_of(kPhp + kPost + "['f'](" + kPost + "['x']);"),
              testing::Contains("code.call_input"));
}

TEST(WebshellAnalysis, NameFromPieces) {
  EXPECT_THAT(witnesses_of(kPhp + "$f = 'as' . strrev('tres'); $f(" + kPost + "[1]);"),
              testing::IsSupersetOf({"code.hidden_name", "code.run_input"}));
}

TEST(WebshellAnalysis, LayersAreUnpacked) {
  const std::string inner = kEval + "(" + kPost + "['k']);";
  const std::string outer = kEval + "(base64_decode('" + base64(inner) + "'));";
  const std::string code = kPhp + kEval + "(base64_decode('" + base64(outer) + "'));";
  const Judgement judgement = analyse(code, "a.php");
  ASSERT_FALSE(judgement.witnesses.empty());
  EXPECT_EQ(judgement.witnesses[0].name, "code.run_input");
  EXPECT_EQ(judgement.witnesses[0].excerpt, inner);
  EXPECT_GE(judgement.score(), 90);
}

TEST(WebshellAnalysis, LoopsAreComputed) {
  // Each letter one higher; a loop takes them back.
  std::string shifted = kEval + "(" + kPost + "['k']);";
  for (char& c : shifted) ++c;
  const std::string code = kPhp + "$s='" + base64(shifted) + "'; $s=base64_decode($s); $o=''; " +
                           "for($i=0;$i<strlen($s);$i++){ $o.=chr(ord($s[$i])-1); } " + kEval +
                           "($o);";
  EXPECT_THAT(witnesses_of(code), testing::Contains("code.run_input"));
}

TEST(WebshellAnalysis, HeadersThroughTheEnvironment) {
  EXPECT_THAT(witnesses_of(kPhp + kEval + "(getenv('HTTP_CODE'));"),
              testing::Contains("code.run_input"));
  EXPECT_THAT(witnesses_of(kPhp + "pass" + "thru($_ENV['HTTP_ACCEPT_LANGUAGE']);"),
              testing::Contains("code.command_input"));
  EXPECT_THAT(witnesses_of(kPhp + "sys" + "tem(getenv('HOME') . '/bin/x');"),
              testing::Not(testing::Contains("code.command_input")));
}

TEST(WebshellAnalysis, RequestArrayByName) {
  const std::string spread = "foreach (array('_PO" + std::string("ST'") +
                             ") as $r) { foreach ($$r as $k => $v) { $$k = $v; } } ";
  EXPECT_GE(
      analyse(kPhp + "class T { const a = 'as'; const b = 'sert'; } " +
                  "$r = new ReflectionClass('T'); " +
                  "foreach ($r->getConstants() as $k => $v) { $f .= $v; } " + spread + "$f($v);",
              "a.php")
          .score(),
      70);
  EXPECT_GE(analyse(kPhp + "class T { function __construct($f, $v) { $f($v); } } " +
                        "$c = new ReflectionClass('T'); " + spread + "$c->newInstance($a, $b);",
                    "a.php")
                .score(),
            70);
}

TEST(WebshellAnalysis, LongTextFromManyPieces) {
  // A cipher of letters over a text of a thousand pieces, too long to be computed whole.
  std::string pieces = "$t = 'QUJD'";
  for (int i = 0; i < 1500; ++i)
    pieces += " . 'xqYzabKlMnoPqRstUvWxYzabKlMnoPqRstUvWxYzabKlMnoPqRst'";
  EXPECT_THAT(witnesses_of(kPhp + "function f($s, $m) { $o = ''; for ($i = 0; $i < strlen($s); " +
                           "$i++) { $o .= isset($m[$s[$i]]) ? $m[$s[$i]] : $s[$i]; } " +
                           "$d = 'base' . '64_decode'; return $d($o); } " + pieces + "; " + kEval +
                           "(f($t, array('x' => 'y')));"),
              testing::Contains(testing::AnyOf("code.run_opaque", "code.unpack")));
}

TEST(WebshellAnalysis, ReplacementThatRuns) {
  EXPECT_THAT(witnesses_of(kPhp + "@preg_replace(\"/\\[(.*)\\]/e\", '\\\\1', base64_decode('" +
                           base64("[" + kEval + "(" + kPost + "['z']);]") + "'));"),
              testing::Contains("code.run_input"));
}

TEST(WebshellAnalysis, NamesByArrayFunctions) {
  EXPECT_THAT(witnesses_of(kPhp + "$n = join(array_diff(['s','a','ys','te','m'], ['a'])); " +
                           "array_map($n, (array)" + kPost + "['c']);"),
              testing::Contains("code.hidden_name"));
}

TEST(WebshellAnalysis, OpeningTagsWithoutBlank) {
  EXPECT_THAT(witnesses_of("<? if ($a) { ?>\n<?if ($s) {unlink(\"$d/$s\");} ?>\n<? } ?>"),
              testing::Contains("code.file_undefined"));
}

TEST(WebshellAnalysis, NamesLetterByLetter) {
  std::string code = kPhp + "$GLOBALS['q'] = 'zyxwvutsrqponmlkjihgfedcba'; ";
  for (int i = 0; i < 40; ++i)
    code += "$GLOBALS['q'][" + std::to_string(i % 26) + "].$GLOBALS['q'][7].$GLOBALS['q'][3]($x); ";
  EXPECT_GE(analyse(code, "a.php").score(), 70);
}

TEST(WebshellAnalysis, HandlerWithoutItsWord) {
  const std::string head = "<%@ Language=\"C#\" Class=\"H\" %>\n";
  EXPECT_THAT(witnesses_of(head + "public class H : IHttpHandler { public void ProcessRequest" +
                               "(HttpContext context) { byte[] b = Convert.FromBase64String(" +
                               "context.Request[\"p\"]); System.Reflection.Assembly.Lo" +
                               "ad(b).CreateInstance(\"X\"); } }",
                           "a.ashx"),
              testing::Contains("code.load_input"));
  // Tags inside its strings do not end it.
  EXPECT_THAT(witnesses_of(
                  "<%@ WebHandler Language=\"C#\" Class=\"H\" %>\npublic class H { public void " +
                      std::string("P(HttpContext c) { string s = \"<% @Page Language=\\\"Jscript") +
                      "\\\"%\"+\"><%ev" + "al(Request.Item[0]);%>\"; StreamWriter f = " +
                      "File.CreateText(c.Server.MapPath(\"q.aspx\")); f.Write(s); } }",
                  "b.ashx"),
              testing::Contains("code.write_script"));
}

TEST(WebshellAnalysis, AssemblyByReflection) {
  EXPECT_THAT(witnesses_of(
                  "<%@ Language=\"C#\" Class=\"H\" %>\npublic class H : IHttpHandler { public void "
                  "ProcessRequest(System.Web.HttpContext Context) { byte[] d = System.Convert."
                  "FromBase64String(Context.Request[\"p\"]); object o = typeof(System.Reflection."
                  "Assembly).GetMet" +
                      std::string("hod(\"Load\", null).Invoke(null, new object[] { d }); } }"),
                  "a.ashx"),
              testing::Contains("code.load_input"));
}

TEST(WebshellAnalysis, ObjectAsFunction) {
  EXPECT_THAT(witnesses_of(kPhp + "class C { function __invoke($p) { " + kEval + "($p.''); } } " +
                           "call_user_func(new C(), " + kPost + "['a']);"),
              testing::Contains("code.run_input"));
}

TEST(WebshellAnalysis, ScriptInsideAStyleSheet) {
  EXPECT_GE(analyse("<% s = \"<msxsl:" + std::string("script language='JScript'>\" : ") +
                        "x.loadxml(s) : Response.Write d.TransformNode(x) %>",
                    "a.asp")
                .score(),
            70);
}

TEST(WebshellAnalysis, HelperThatReadsTheQuery) {
  EXPECT_GE(
      analyse("#!/usr/bin/perl\n&read_param();\nprint << \"[end]\";\n<p>it's $p{dir}\n" +
                  std::string("[end]\nopen(F, \"cd $p{dir}&&$p{cmd}|\");\nsub read_param {\n") +
                  "$b = \"$ENV{'QUERY_STRING'}\"; foreach $x (split(/&/, $b)) { ($n, $v) = " +
                  "split(/=/, $x); $p{$n} = $v; } }\n",
              "a.cgi")
          .score(),
      70);
}

// What a function gives back through a reference or a global is followed.
TEST(WebshellAnalysis, ReferencesAndGlobals) {
  EXPECT_THAT(witnesses_of(kPhp + "function f(&$v){ $v = $v . 't'; } $a = 'asser'; f($a); $a(" +
                           kPost + "[1]);"),
              testing::IsSupersetOf({"code.hidden_name", "code.run_input"}));
  EXPECT_THAT(witnesses_of(kPhp + "$c = ''; function g($x){ global $c; $c = $x; } g(" + kPost +
                           "['x']); " + kEval + "($c);"),
              testing::Contains("code.run_input"));
  EXPECT_THAT(witnesses_of(kPhp + "$c = 'echo 1;'; function g($x){ $c = $x; } g(" + kPost +
                           "['x']); " + kEval + "($c);"),
              testing::Not(testing::Contains("code.run_input")));
}

// Variable variables that get the request: register_globals by hand.
TEST(WebshellAnalysis, RequestBecomesVariables) {
  EXPECT_THAT(witnesses_of(kPhp + "foreach (array('c', 'd') as $v) { $$v = " + kPost +
                           "[$v]; } sys" + "tem($c);"),
              testing::Contains("code.command_input"));
}

TEST(WebshellAnalysis, HeaderPickedByItsPlace) {
  EXPECT_THAT(witnesses_of(kPhp + "$b = array_values($_SERVER); sys" + "tem($b[6]);"),
              testing::Contains("code.command_input"));
  EXPECT_THAT(witnesses_of(kPhp + "$n = count($_SERVER); echo $n;"), testing::IsEmpty());
}

TEST(WebshellAnalysis, NameFromTheFilesOwnName) {
  EXPECT_THAT(witnesses_of(kPhp + "$f = substr(__FILE__, -10, 6); $f(" + kPost + "[1]);"),
              testing::Contains("code.opaque_call"));
}

TEST(WebshellAnalysis, FunctionsThatOthersCall) {
  EXPECT_THAT(witnesses_of(kPhp + "function done(){ " + kEval + "(" + kPost +
                           "[1]); } register_shutdown_function('done');"),
              testing::Contains("code.run_input"));
  EXPECT_GE(analyse(kPhp + "preg_replace_callback_array(['~t~' => function ($m) { " + kEval + "(" +
                        kPost + "[1]); }], 'text');",
                    "a.php")
                .score(),
            70);
}

// Jumps in every other line, or escapes and nothing else, hide whatever they hold.
TEST(WebshellAnalysis, Mazes) {
  std::string maze = kPhp;
  for (int i = 0; i < 40; ++i) {
    maze +=
        "goto l" + std::to_string(i) + "; l" + std::to_string(i) + ": $a = " + kPost + "['p'];\n";
  }
  EXPECT_GE(analyse(maze, "a.php").score(), 30);
  std::string machine = kPhp;
  for (int i = 0; i < 12; ++i) {
    machine += "s" + std::to_string(i) + ": $a = next($a); if ($a === null) goto s" +
               std::to_string(i) + ";\n" + std::string(2000, ' ') + "\n";
  }
  EXPECT_LT(analyse(machine, "a.php").score(), 30);
}

// Pages behind a picture's first bytes, and old PHP whose tag only a comment follows.
TEST(WebshellAnalysis, Costumes) {
  EXPECT_THAT(
      witnesses_of("GIF89a;\n<" + std::string("% ") + kEval + " request(\"a\") %" + ">", "a.asp"),
      testing::Contains("code.run_input"));
  EXPECT_THAT(
      witnesses_of("<" + std::string("?\n/* name */\n$a = ") + kPost + "['a'];\n" + kEval + "($a);",
                   "a.txt"),
      testing::Contains("code.run_input"));
  EXPECT_FALSE(analyse("<" + std::string("? /* of xml */ ?") + "> plain", "a.txt").script);
}

// VBScript indexes with the brackets of a call: nothing is called.
TEST(WebshellAnalysis, IndexIsNoCall) {
  EXPECT_THAT(
      witnesses_of("<" + std::string("% n = Request.Cookies(\"a\")(\"b\") %") + ">", "a.asp"),
      testing::Not(testing::Contains("code.call_input")));
}

TEST(WebshellAnalysis, UnsafeEvaluation) {
  const std::string page = "<" + std::string("%@ Page Language=\"Jscript\" %") + "><" +
                           "% var m = 'un' + 'safe'; " + kEval + "(x, m); %" + ">";
  EXPECT_THAT(witnesses_of(page, "a.aspx"), testing::Contains("code.hidden_name"));
}

TEST(WebshellAnalysis, PageThatCallsByName) {
  const std::string head = "<" + std::string("% ");
  EXPECT_GE(analyse(head +
                        "Class c = Class.forName(name()); c.getDeclaredMethods()[3].invoke(o, "
                        "request.getParameter(\"c\")); %" +
                        ">",
                    "a.jsp")
                .score(),
            70);
  EXPECT_LT(analyse(head +
                        "out.print(request.getMethod()); out.print(request.getParameter(\"c\")); "
                        "%" +
                        ">",
                    "a.jsp")
                .score(),
            30);
}

TEST(WebshellAnalysis, WordsCutByCdata) {
  EXPECT_THAT(witnesses_of("<jsp:root xmlns:jsp=\"x\"><jsp:scriptlet>Run<![CDATA[time.get]]>Run"
                           "<![CDATA[time]]>().ex<![CDATA[ec(request.get]]>Parameter(\"c\"));"
                           "</jsp:scriptlet></jsp:root>",
                           "a.jspx"),
              testing::Contains("code.command_input"));
}

// A manual that quotes code in its middle is no console.
TEST(WebshellAnalysis, ProseThatQuotesCode) {
  std::string manual;
  for (int i = 0; i < 60; ++i) manual += "How to set up safe_mode and open_basedir.\n";
  manual += kPhp + "$cfg['x'] = exec('uptime');\n";
  manual += "Backdoors, hackers and brute force: see bypass and symlink.\n";
  EXPECT_LT(analyse(manual, "manual.txt").score(), 30);
}

TEST(WebshellAnalysis, NestIsBounded) {
  for (const std::size_t depth : {200U, 20000U}) {
    const std::string code = kPhp + "$a = " + std::string(depth, '(') + "1" +
                             std::string(depth, ')') + "; " + kEval + "(" + kPost + "['k']);";
    EXPECT_THAT(witnesses_of(code), testing::Contains("code.run_input")) << depth;
  }
}

TEST(WebshellAnalysis, TextWithoutEndIsBounded) {
  const std::string code = kPhp + "$a = \"" + std::string(3 << 20, 'A');
  EXPECT_TRUE(analyse(code, "a.php").script);
}

TEST(WebshellAnalysis, ClassicPage) {
  EXPECT_THAT(witnesses_of("<"
                           "%" +
                               kEval +
                               " request(\"x\")%"
                               ">",
                           "a.asp"),
              testing::Contains("code.run_input"));
}

TEST(WebshellAnalysis, JavaPage) {
  const std::string code =
      "<"
      "% String c = request.getParameter(\"c\"); Process p = Runtime.getRun"
      "time().exec(c); %"
      ">";
  EXPECT_THAT(witnesses_of(code, "a.jsp"), testing::Contains("code.command_input"));
}

TEST(WebshellAnalysis, EncodedPage) {
  const Judgement judgement = analyse(
      "<"
      "%@ LANGUAGE=VBScript.Encode %"
      "><"
      "%#@~^AAAAAA==^#~@%"
      ">",
      "a.asp");
  ASSERT_FALSE(judgement.witnesses.empty());
  EXPECT_EQ(judgement.witnesses[0].name, "code.encoded");
}

TEST(WebshellAnalysis, ServerSettings) {
  EXPECT_THAT(witnesses_of("AddType application/x-httpd-"
                           "php .jpg\n",
                           ".htaccess"),
              testing::Contains("config.handler"));
  EXPECT_THAT(witnesses_of("Options -Indexes\n", ".htaccess"), testing::IsEmpty());
}

TEST(WebshellAnalysis, AdministrationToolsStayMedium) {
  const std::string code = kPhp +
                           "/* http://www.adm"
                           "iner.org/ */ move_uploaded_file("
                           "$_FILES['f']['tmp_name'], $_FILES['f']['name']);";
  const Judgement judgement = analyse(code, "adm.php");
  EXPECT_EQ(judgement.tool, "Adminer");
  EXPECT_EQ(severity_of_score(judgement.score(), 2), Severity::kMedium);
}

// Any bytes give an answer: cut, doubled and shuffled pieces of code of every language.
TEST(WebshellAnalysis, HostileInput) {
  const std::vector<std::pair<std::string, std::string>> seeds = {
      {"a.php", kPhp +
                    "function f($a){ return chr(ord($a[0])^1); } for($i=0;$i<9;$i++){$s.=f($i);} "
                    "goto x; x: $$s(${'_'.$s}['b'], <<<E\n$s {$a['b']}\nE\n);"},
      {"a.asp",
       "<"
       "% Function d(x) For i = 1 To Len(x) : d = d & Chr(Asc(Mid(x,i,1))-1) : Next "
       "End Function : ExecuteGlobal d(\"a\"\"b\") %"
       ">"},
      {"a.aspx",
       "<"
       "%@ Page Language=\"C#\" %"
       "><script runat=server>void P(object s, E e){ "
       "new List<string>{ @\"a\"\"b\" }; p.StartInfo.FileName = T.Text; }</script>"},
      {"a.jsp",
       "<"
       "%! class U extends ClassLoader { Class g(byte[] b){ return "
       "super.defineClass(b,0,b.length);} } %"
       "><"
       "% new U().g(d.decode("
       "request.getReader().readLine())); %"
       ">"},
      {"a.pl",
       "#!/usr/bin/perl\nmy %f = p($ENV{'QUERY_STRING'}); open(C, \"$f{c} |\"); "
       "print <<\"E\";\n$f{d}\nE\ns{a}{b}g; y/a/b/;"},
      {"a.py",
       "#!/usr/bin/python\nimport os\ndef f(a):\n\tif a:\n\t\treturn os.popen(a % 1)\n"
       "print(f\"\"\"x\"\"\")\n"},
      {"a.cfm",
       "<cfset a = \"#form.b#\"><cfexecute name=\"#a#\"></cfexecute><cfscript>x = "
       "evaluate(url.c);</cfscript>"},
  };
  std::uint32_t random = 1;
  const auto next = [&random] {
    random = random * 1664525U + 1013904223U;
    return random >> 8;
  };
  for (const auto& [name, seed] : seeds) {
    for (int round = 0; round < 300; ++round) {
      std::string code = seed;
      for (int change = 0; change < 4; ++change) {
        const std::size_t at = next() % code.size();
        const std::size_t length = next() % 12;
        switch (next() % 4) {
          case 0:
            code.erase(at, length);
            break;
          case 1:
            code.insert(at, code.substr(next() % code.size(), length));
            break;
          case 2:
            code[at] = static_cast<char>(next() >> 8);
            break;
          default:
            code.insert(at, std::string(length, "({[$\"'<%"[next() % 8]));
            break;
        }
        if (code.empty()) code = " ";
      }
      const int score = analyse(code, name).score();
      EXPECT_GE(score, 0);
      EXPECT_LE(score, 100);
    }
  }
}

TEST(WebshellAnalysis, SameAnswerTwice) {
  const std::string code = kPhp + "$a=" + kPost + "; $a['x']($a['y']);";
  EXPECT_EQ(witnesses_of(code), witnesses_of(code));
}

TEST(WebshellAnalysis, NoScriptAtAll) {
  EXPECT_FALSE(analyse("plain text", "a.txt").script);
  EXPECT_FALSE(analyse("", "a.php").script);
  EXPECT_FALSE(analyse("<?xml version=\"1.0\"?><a/>", "a.xml").script);
}

// Classic pages: what a site does with its own files is no administration of somebody else's.
const std::string kCreate = "Set f = Server.CreateObject(\"Scripting.FileSystemObject\")\n";

int score_of_page(const std::string& code) {
  return analyse("<%\n" + code + "%>", "a.asp").score();
}

TEST(WebshellClassic, FilesThatARequestNames) {
  const std::string listen = "p = Request(\"d\")\n";
  EXPECT_GE(score_of_page(listen + kCreate +
                          "For Each x In f.GetFolder(p).Files\n"
                          "Response.Write x.Name\nNext\nf.DeleteFile(p)\nf.CopyFile p, q\n"),
            30);
  // Names that are the site's own, or lie in one folder of it.
  EXPECT_LT(score_of_page(listen + kCreate +
                          "f.DeleteFile(Server.MapPath(\"../up/\" & rs(\"picture\")))\n"
                          "f.CopyFile a, b\nSet d = f.GetFolder(Server.MapPath(\"../up\"))\n"),
            30);
  EXPECT_LT(score_of_page(listen + kCreate +
                          "f.DeleteFile(Server.MapPath(\"../up/\" & p))\n"
                          "Set d = f.GetFolder(Server.MapPath(\"../up\"))\n"),
            30);
}

TEST(WebshellClassic, StatementsOfADatabaseAreNoCommands) {
  EXPECT_LT(
      score_of_page("n = Request(\"n\")\n"
                    "Set r = Conn.Exec(\"select id from users where name='\" & n & \"'\", 1)\n"),
      30);
  EXPECT_GE(score_of_page("ws.Exec(\"cmd.exe /c \" & Request(\"n\"))\n"), 70);
  EXPECT_GE(score_of_page("conn.Exec(Request(\"n\"))\n"), 70);
}

TEST(WebshellClassic, ExecuteOfStatements) {
  const std::string execute = std::string("Exe") + "cute";
  EXPECT_LT(score_of_page(execute + "(\"Update [users] Set skin='\" & Request(\"s\") & \"'\")\n"),
            30);
  EXPECT_LT(score_of_page("h = Request(\"h\")\nv = ev"
                          "al(\"&h\" & Mid(h, 1, 2))\n"),
            30);
  EXPECT_GE(score_of_page(execute + "(\"Select Case x \" & Request(\"s\"))\n"), 70);
  EXPECT_GE(score_of_page(execute + " Request(\"s\")\n"), 70);
}

TEST(WebshellClassic, ComponentsThatAreTried) {
  EXPECT_LT(score_of_page("n = Request(\"c\")\nSet t = Server.CreateObject(n)\n"
                          "If Err = 0 Then Response.Write \"installed\"\n"),
            30);
  EXPECT_GE(score_of_page("Set t = Server.CreateObject(Request(\"c\"))\nt.Run Request(\"x\")\n"),
            70);
}

TEST(WebshellClassic, PagesThatIncludeOthers) {
  const std::string write = "<%\nn = Request(\"n\")\n" + kCreate +
                            "Set o = f.CreateTextFile(n)\no.Write Request(\"text\")\n%>";
  const std::string includes = "<!-- #include file=\"conn.asp\" -->\n";
  EXPECT_GE(analyse(write, "a.asp").score(), 70);
  EXPECT_LT(analyse(includes + write, "a.asp").score(), 30);
  // A pattern that finds such lines includes nothing.
  EXPECT_GE(analyse("<% r.Pattern = \"<!--\\s*#include\" %>" + write, "a.asp").score(), 70);
  // What a request sends is run all the same.
  EXPECT_GE(analyse(includes + "<% Exe"
                               "cute Request(\"x\") %>",
                    "a.asp")
                .score(),
            70);
}

TEST(WebshellClassic, StreamsGiveWhatTheyGot) {
  EXPECT_THAT(witnesses_of("<%\nSet s = Server.CreateObject(\"ADODB.Stream\")\n"
                           "s.Write Request.BinaryRead(Request.TotalBytes)\nt = s.ReadText()\n%>",
                           "a.asp"),
              testing::Not(testing::Contains("code.read_input")));
}

}  // namespace
}  // namespace konseki::webshell
