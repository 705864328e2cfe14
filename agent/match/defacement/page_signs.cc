#include "agent/match/defacement/page_signs.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <set>

namespace konseki {
namespace {

constexpr std::size_t kMostText = std::size_t{1} << 20;
constexpr std::size_t kMostExcerpt = 200;
constexpr std::size_t kHiddenLinks = 5;       // outward links in one hidden block
constexpr std::size_t kHiddenHosts = 3;       // on so many hosts
constexpr std::size_t kHiddenReach = 20'000;  // bytes behind its beginning that are looked at
constexpr std::size_t kHiddenBlocks = 200;    // of a page
constexpr std::size_t kHeadingReach = 1000;
constexpr std::size_t kSmallPage = 4096;

// Bytes, letters of ASCII in any case: pages come in every encoding.
const RE2::Options& options() {
  static const RE2::Options kOptions = [] {
    RE2::Options made(RE2::Latin1);
    made.set_case_sensitive(false);
    made.set_log_errors(false);
    made.set_max_mem(std::int64_t{32} << 20);
    return made;
  }();
  return kOptions;
}

// "Hacked by NAME" as it is written in the languages of those who write it.
const RE2& claim() {
  static const RE2 kClaim(
      "(h[a4]ck[e3]d|d[e3]f[a4]c[e3]d|pwn[e3]d|0wn[e3]d)\\s+by\\b"
      "|hacklendi|hackeado\\s+por|hackead[ao]s?\\s+por|invadido\\s+por|pichado\\s+por"
      "|di\\s?retas\\s+oleh|telah\\s+di\\s?(hack|retas)|bị\\s+hack\\s+bởi"
      "|pirat(é|e|&eacute;)\\s+par|gehackt\\s+von|violato\\s+da|zhackowan[ay]\\s+przez"
      "|взломан[оа]?\\s|تم\\s+(الاختراق|اختراق)|هک\\s+شد"
      "|本站被黑|已被黑客|被黑客入侵|ハッキングしました|ハックされました|에\\s*의해\\s*해킹",
      options());
  return kClaim;
}

const RE2& group() {
  static const RE2 kGroup(
      "\\bgr(ee|33)t(z|s|ings)?\\b\\s*(to|:|2)|cyber\\s+(army|team|caliphate|terrorist)"
      "|zone-(h|xsec)\\.|defacer|\\bh4x|mirror-h\\.|we\\s+are\\s+(anonymous|legion)|expect\\s+us\\b"
      "|security\\s+is\\s+(just\\s+)?an\\s+illusion|your\\s+(security|website)\\s+(is|was|has\\s+"
      "been)"
      "\\s+(low|hacked|0wned|breached)|admin,?\\s+your\\s+site\\s+is\\s+(vuln|not\\s+secure)",
      options());
  return kGroup;
}

const RE2& spam() {
  static const RE2 kSpam(
      "viagra|cialis|levitra|online\\s+casino|payday\\s+loan|replica\\s+(watch|bag|rolex)"
      "|essay\\s+writing\\s+service|slot\\s+gacor|judi\\s+(online|bola|slot)|situs\\s+(slot|togel)"
      "|togel|bandar\\s*qq|cheap\\s+(nfl|nba)\\s+jerseys|louis\\s+vuitton\\s+outlet",
      options());
  return kSpam;
}

// Shops of counterfeits in Japanese, as they are put into sites of every language.
const RE2& japanese_spam() {
  static const RE2 kSpam(
      "スーパーコピー|激安通販|激安|格安通販|送料無料|正規品|新作|人気ランキング|楽天|偽物|"
      "アウトレット",
      options());
  return kSpam;
}

const RE2& hidden_block() {
  static const RE2 kHidden(
      "<(?:div|span|p|ul|section|marquee|font)\\b[^>]*style\\s*=\\s*[\"'][^\"'>]*"
      "(?:display\\s*:\\s*none|visibility\\s*:\\s*hidden|(?:left|top|text-indent)\\s*:\\s*-\\d{3,}"
      "|font-size\\s*:\\s*0|(?:height|width)\\s*:\\s*[01](?:px)?\\s*;[^\"'>]*overflow\\s*:\\s*"
      "hidden"
      "|opacity\\s*:\\s*0\\s*[;\"'])",
      options());
  return kHidden;
}

const RE2& link() {
  static const RE2 kLink("<a\\b[^>]*href\\s*=\\s*[\"']?https?://([a-z0-9.-]+)", options());
  return kLink;
}

const RE2& refresh() {
  static const RE2 kRefresh(
      "<meta\\b[^>]*http-equiv\\s*=\\s*[\"']?refresh[\"']?[^>]*content\\s*=\\s*[\"']?"
      "\\s*[0-3]\\s*;\\s*url\\s*=\\s*[\"']?https?://[a-z0-9.-]+",
      options());
  return kRefresh;
}

const RE2& search_engine() {
  static const RE2 kEngine("google|bing|yahoo|yandex|baidu", options());
  return kEngine;
}

const RE2& hidden_redirect() {
  static const RE2 kHidden(
      "(window|document|top|self|parent)\\s*(\\.location|\\[[\"']location[\"']\\])"
      "(\\.href|\\[[\"']href[\"']\\])?\\s*(=|\\.replace\\(|\\.assign\\()\\s*"
      "(atob|unescape|decodeURIComponent|String\\.fromCharCode|eval)\\s*\\(",
      options());
  return kHidden;
}

// One pass that most pages of most sites end with: none of the words that the signs begin with.
const RE2& worth_reading() {
  static const RE2 kAny(
      fmt::format(
          "{}|{}|{}|{}|display\\s*:\\s*none|visibility\\s*:\\s*hidden|:\\s*-\\d\\d\\d"
          "|font-size\\s*:\\s*0|overflow\\s*:\\s*hidden|opacity\\s*:\\s*0|document\\.referrer"
          "|(atob|unescape|decodeURIComponent|fromCharCode|eval)\\s*\\("
          "|HTTP_USER_AGENT|HTTP_REFERER|http-equiv",
          claim().pattern(), group().pattern(), spam().pattern(), japanese_spam().pattern()),
      options());
  return kAny;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text.substr(0, kMostText)) {}

  std::vector<PageSign> read() {
    if (!RE2::PartialMatch({text_.data(), text_.size()}, worth_reading())) return {};
    claims();
    hidden_links();
    words();
    redirects();
    return std::move(signs_);
  }

 private:
  void add(std::string name, int score, Bilingual text, std::size_t at, std::size_t length) {
    PageSign sign;
    sign.name = std::move(name);
    sign.score = score;
    sign.text = std::move(text);
    sign.range = {at, length};
    // A few words around it say more than the match.
    const std::size_t from = at > 30 ? at - 30 : 0;
    sign.excerpt = text_.substr(from, std::min(kMostExcerpt, length + 80));
    signs_.push_back(std::move(sign));
  }

  bool find(const RE2& expression, std::string_view where, std::size_t& at,
            std::size_t& length) const {
    re2::StringPiece found;
    if (!expression.Match({where.data(), where.size()}, 0, where.size(), RE2::UNANCHORED, &found,
                          1)) {
      return false;
    }
    at = static_cast<std::size_t>(found.data() - text_.data());
    length = found.size();
    return true;
  }

  // `first`, soon behind it the name of a search engine, and soon behind that `last`.
  bool follow(const RE2& first, std::size_t to_engine, const RE2& last, std::size_t to_last,
              std::size_t& at, std::size_t& length) const {
    std::size_t from = 0;
    for (std::size_t tries = 0; tries < kHiddenBlocks; ++tries) {
      if (!find(first, text_.substr(from), at, length)) return false;
      from = at + length;
      std::size_t engine = 0, size = 0, end = 0;
      if (!find(search_engine(), text_.substr(from, to_engine), engine, size)) continue;
      if (!find(last, text_.substr(engine + size, to_last), end, size)) continue;
      length = end + size - at;
      return true;
    }
    return false;
  }

  // The text of the first element of that name; empty when there is none.
  std::string_view element(const RE2& expression) const {
    re2::StringPiece groups[2];
    if (!expression.Match({text_.data(), text_.size()}, 0, text_.size(), RE2::UNANCHORED, groups,
                          2)) {
      return {};
    }
    return {groups[1].data(), groups[1].size()};
  }

  void claims() {
    static const RE2 kTitle("<title[^>]*>([^<]*)", options());
    static const RE2 kHeading("<h1[^>]*>", options());
    std::size_t at = 0, length = 0;
    const std::string_view title = element(kTitle);
    std::string_view heading;
    if (find(kHeading, text_, at, length)) {
      heading = text_.substr(at, std::min(text_.find("</", at), at + kHeadingReach) - at);
    }
    bool claimed = false;
    if (!title.empty() && find(claim(), title, at, length)) {
      claimed = true;
      add("page.claim_in_title", 60,
          {"its title claims that it was broken into", "侵入を誇示するタイトル"}, at, length);
    }
    if (!heading.empty() && find(claim(), heading, at, length)) {
      claimed = true;
      add("page.claim_in_heading", 45,
          {"its heading claims that it was broken into", "侵入を誇示する見出し"}, at, length);
    }
    if (!claimed && find(claim(), text_, at, length)) {
      // News and help pages speak of it as well.
      add("page.claim", text_.size() <= kSmallPage ? 30 : 15,
          {"it claims that it was broken into", "侵入を誇示する文言"}, at, length);
    }
    if (find(group(), text_, at, length)) {
      add("page.group", 20,
          {"it greets or names a group, as defacers do", "改ざん犯に見られるグループ名・挨拶"}, at,
          length);
    }
  }

  void hidden_links() {
    std::size_t from = 0;
    for (std::size_t blocks = 0; from < text_.size() && blocks < kHiddenBlocks; ++blocks) {
      std::size_t at = 0, length = 0;
      if (!find(hidden_block(), text_.substr(from), at, length)) return;
      // To the end of the block: the first </div> and the like behind the last link counts.
      const std::string_view block = text_.substr(at, kHiddenReach);
      std::set<std::string> hosts;
      std::size_t links = 0;
      re2::StringPiece rest(block.data(), block.size());
      re2::StringPiece groups[2];
      while (link().Match(rest, 0, rest.size(), RE2::UNANCHORED, groups, 2)) {
        const auto before = static_cast<std::size_t>(groups[0].data() - rest.data());
        const std::string_view between(rest.data(), before);
        if (links > 0 && before > 400) break;  // no longer the list
        // Out of the hidden block: what follows is seen.
        if (between.find("</div>") != std::string_view::npos && links == 0) break;
        ++links;
        hosts.emplace(groups[1].data(), groups[1].size());
        rest.remove_prefix(before + groups[0].size());
      }
      if (links >= kHiddenLinks && hosts.size() >= kHiddenHosts) {
        add("page.hidden_links", 45,
            {fmt::format("{} links to {} other sites in a block that nobody sees", links,
                         hosts.size()),
             fmt::format("見えない領域に {} サイトへのリンク {} 個", hosts.size(), links)},
            at, length);
        return;
      }
      from = at + std::max<std::size_t>(length, 1);
    }
  }

  // How many different words of a list the text has.
  std::size_t different(const RE2& list, std::size_t& first, std::size_t& length) const {
    std::set<std::string> words;
    std::size_t from = 0;
    while (from < text_.size() && words.size() < 8) {
      std::size_t at = 0, size = 0;
      if (!find(list, text_.substr(from), at, size)) break;
      if (words.empty()) first = at, length = size;
      std::string word(text_.substr(at, size));
      std::transform(word.begin(), word.end(), word.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      words.insert(std::move(word));
      from = at + std::max<std::size_t>(size, 1);
    }
    return words.size();
  }

  void words() {
    std::size_t at = 0, length = 0;
    if (const std::size_t count = different(spam(), at, length); count >= 3) {
      add("page.spam_words", 20,
          {fmt::format("{} different words of search engine spam", count),
           fmt::format("検索エンジンスパムの語句 {} 種", count)},
          at, length);
    }
    // A shop may well have these words; a page that says it is in another language may not.
    static const RE2 kOther("<html[^>]*lang\\s*=\\s*[\"']?(en|de|fr|es|pt|it|nl|pl|ru|zh|ko)\\b",
                            options());
    const std::size_t count = different(japanese_spam(), at, length);
    std::size_t language = 0, size = 0;
    if (count >= 3 && find(kOther, text_, language, size)) {
      add("page.japanese_keywords", 45,
          {fmt::format("{} words of Japanese counterfeit shops in a page that calls itself another "
                       "language's",
                       count),
           fmt::format("日本語以外のページに偽ブランド通販の日本語 {} 種 (日本語キーワードハック)",
                       count)},
          at, length);
    }
  }

  void redirects() {
    std::size_t at = 0, length = 0;
    // Only who comes from a search engine is sent away, so the owner does not see it.
    static const RE2 kReferrer("document\\.referrer", options());
    static const RE2 kLocation("location(\\.href)?\\s*(=[^=]|\\.replace|\\.assign)", options());
    if (follow(kReferrer, 200, kLocation, 800, at, length)) {
      add("page.cloaked_redirect", 50,
          {"sends visitors elsewhere who come from a search engine",
           "検索エンジンからの訪問者だけを別サイトへ転送"},
          at, length);
    }
    if (find(hidden_redirect(), text_, at, length)) {
      add("page.hidden_redirect", 45,
          {"sends visitors to an address that is put together at run time",
           "実行時に組み立てた宛先への転送"},
          at, length);
    }
    // Search engines are shown pages that nobody else sees.
    static const RE2 kVisitor("HTTP_(USER_AGENT|REFERER)", options());
    static const RE2 kFetch("file_get_contents\\s*\\(|curl_init|curl_exec|fsockopen", options());
    if (follow(kVisitor, 400, kFetch, 1500, at, length)) {
      add("page.cloaking", 45,
          {"fetches a page of somebody else for search engines",
           "検索エンジンにだけ外部の内容を表示"},
          at, length);
    }
    // Moved sites do the same: a hint beside other signs.
    if (text_.size() <= kSmallPage && find(refresh(), text_, at, length)) {
      add("page.refresh", 10, {"sends visitors to another site at once", "別サイトへの即時転送"},
          at, length);
    }
  }

  const std::string_view text_;
  std::vector<PageSign> signs_;
};

}  // namespace

std::vector<PageSign> signs_in_page(std::string_view text) { return Reader(text).read(); }

}  // namespace konseki
