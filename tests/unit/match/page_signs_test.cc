#include "agent/match/defacement/page_signs.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace konseki {
namespace {

bool has(std::string_view text, std::string_view name) {
  const auto signs = signs_in_page(text);
  return std::any_of(signs.begin(), signs.end(),
                     [&](const PageSign& sign) { return sign.name == name; });
}

std::string links(int count, bool one_host = false) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += "<a href=\"http://shop" + std::to_string(one_host ? 0 : i) + ".example/\">x</a> ";
  }
  return out;
}

TEST(PageSigns, ClaimsInManyLanguages) {
  for (const char* words :
       {"Hacked By Nobody", "D3faced by x", "Sitemiz hacklendi", "Hackeado por x", "diretas oleh x",
        "telah di hack", "Piraté par x", "Gehackt von x", "Сайт взломан группой",
        "تم الاختراق من قبل", "本站被黑", "pwned by x"}) {
    EXPECT_TRUE(has("<html><title>" + std::string(words) + "</title>", "page.claim_in_title"))
        << words;
    EXPECT_TRUE(
        has("<html><h1 class=x><b>" + std::string(words) + "</b></h1>", "page.claim_in_heading"))
        << words;
    EXPECT_TRUE(has("<html><p>" + std::string(words) + "</p>", "page.claim")) << words;
  }
  EXPECT_TRUE(has("<title>x</title> greetz to: all of x Cyber Army", "page.group"));
}

TEST(PageSigns, LinksThatNobodySees) {
  EXPECT_TRUE(has("<div style=\"display:none\">" + links(6) + "</div>", "page.hidden_links"));
  EXPECT_TRUE(has("<div style='position:absolute; left:-9999px'>" + links(6) + "</div>",
                  "page.hidden_links"));
  EXPECT_FALSE(has("<div>" + links(6) + "</div>", "page.hidden_links"));
  EXPECT_FALSE(
      has("<div style=\"display:none\">" + links(6, true) + "</div>", "page.hidden_links"));
  EXPECT_FALSE(has("<div style=\"display:none\">menu</div>" + links(6), "page.hidden_links"));
}

TEST(PageSigns, VisitorsSentElsewhere) {
  EXPECT_TRUE(
      has("<script>var r=document.referrer;if(r.match(/google|bing/)){location.href='http://"
          "a.example/'}</script>",
          "page.cloaked_redirect"));
  EXPECT_TRUE(has("<script>window.location=atob('aHR0cA==')</script>", "page.hidden_redirect"));
  EXPECT_TRUE(
      has("<?php if (strpos($_SERVER['HTTP_USER_AGENT'], 'Googlebot')) { echo "
          "file_get_contents('http://a.example/'); }",
          "page.cloaking"));
  EXPECT_FALSE(has("<script>window.location='/login'</script>", "page.hidden_redirect"));
  EXPECT_FALSE(has("<script>ga(document.referrer)</script>", "page.cloaked_redirect"));
}

TEST(PageSigns, WordsOfSpam) {
  EXPECT_TRUE(has("viagra, cialis, payday loan", "page.spam_words"));
  EXPECT_FALSE(has("the viagra article", "page.spam_words"));
  EXPECT_TRUE(
      has("<html lang=\"en\">スーパーコピー 激安 送料無料 正規品", "page.japanese_keywords"));
  EXPECT_FALSE(has("<html lang=\"ja\">激安 送料無料 正規品 新作", "page.japanese_keywords"));
}

TEST(PageSigns, OrdinaryPagesHaveNone) {
  for (const char* page :
       {"<title>Welcome</title><h1>Our shop</h1>", "<title>How the site was hacked</title>",
        "<p>Modified by the administrator, touched by hand</p>",
        "<meta name=\"robots\" content=\"noindex\">"}) {
    EXPECT_TRUE(signs_in_page(page).empty()) << page << signs_in_page(page)[0].name;
  }
}

TEST(PageSigns, HostileTextEnds) {
  std::string many;
  while (many.size() < 900'000) many += "<div style=\"display:none\"><a href=\"http://a.b\">";
  signs_in_page(many);
  signs_in_page(std::string(1'000'000, '<'));
  signs_in_page("<h1>");
  signs_in_page("<title>");
  signs_in_page(std::string("\0\xff\xfe", 3));
}

}  // namespace
}  // namespace konseki
