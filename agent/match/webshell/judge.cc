#include "agent/match/webshell/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "agent/match/webshell/decode.h"
#include "agent/match/webshell/fact_weight.h"

namespace konseki::webshell {
namespace {

constexpr std::uint32_t kManyGotos = 10;
constexpr std::uint32_t kManyGlobals = 8;
constexpr std::size_t kMostOfPage = 20'000;
constexpr std::size_t kMostOfPythonPage = 40'000;  // modules of libraries do all kinds of things
constexpr int kMostOfSiteWork = 12;                // several of them together stay below medium

void add(Judgement& judgement, std::string_view name, int score, std::string en, std::string ja,
         std::string excerpt = {}) {
  Witness witness;
  witness.name = name;
  witness.score = score;
  witness.text = {std::move(en), std::move(ja)};
  witness.excerpt = std::move(excerpt);
  judgement.witnesses.push_back(std::move(witness));
}

// Small scripts without functions of their own do one thing; what they do is what they are for.
bool is_small(const Judgement& judgement) {
  return judgement.bytes <= 8192 && judgement.facts.functions <= 3;
}

bool is_in(const Judgement& judgement, ScriptLanguage language) {
  return !judgement.languages.empty() && judgement.languages.front() == language;
}

bool is_classic(const Judgement& judgement) {
  return is_in(judgement, ScriptLanguage::kVbScript) || is_in(judgement, ScriptLanguage::kJScript);
}

bool is_server_page(const Judgement& judgement) {
  if (judgement.languages.empty()) return false;
  switch (judgement.languages.front()) {
    case ScriptLanguage::kVbScript:
    case ScriptLanguage::kJScript:
    case ScriptLanguage::kCSharp:
    case ScriptLanguage::kVbNet:
    case ScriptLanguage::kJava:
      return true;
    default:
      return false;
  }
}

bool has(const Facts& facts, FactKind kind) {
  return std::any_of(facts.facts.begin(), facts.facts.end(),
                     [&](const Fact& fact) { return fact.kind == kind; });
}

std::ptrdiff_t count_of(const Facts& facts, FactKind kind) {
  return std::count_if(facts.facts.begin(), facts.facts.end(),
                       [&](const Fact& fact) { return fact.kind == kind; });
}

// What pages of classic sites do as well: they store uploads, write pages and settings out of
// forms, run what their own includes hold and hide the name of the file component from scanners. A
// webshell stands alone; where one is put into a page of a site it still runs what a request sends.
bool is_site_work(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::kWriteInput:
    case FactKind::kWriteScript:
    case FactKind::kUploadInput:
    case FactKind::kReadInput:
    case FactKind::kRunCode:
      return true;
    case FactKind::kHiddenName:
      return fact.detail == "scripting.filesystemobject";
    default:
      return false;
  }
}

bool lists_and_reads(const Facts& facts) {
  bool lists = false;
  bool reads = false;
  for (const Fact& fact : facts.facts) {
    if (fact.kind != FactKind::kReadInput || !fact.reached) continue;
    const bool folder = fact.detail == "opendir" || fact.detail == "scandir" ||
                        fact.detail == "glob" || fact.detail == "chdir";
    (folder ? lists : reads) = true;
  }
  return lists && reads;
}

void judge_facts(Judgement& judgement, const Segments& segments) {
  const Facts& facts = judgement.facts;
  const bool small = is_small(judgement);
  const Script script = {small,
                         judgement.bytes <= 4096,
                         small && facts.functions == 0,
                         judgement.named_script,
                         is_in(judgement, ScriptLanguage::kPhp),
                         judgement.bytes <= 1024 && facts.functions == 0,
                         is_classic(judgement),
                         is_classic(judgement) && segments.includes,
                         judgement.bytes <= kMostOfPage,
                         is_in(judgement, ScriptLanguage::kPython),
                         is_server_page(judgement)};
  for (const FactWeight& weight : fact_weights()) {
    const Fact* best = nullptr;
    int score = 0;
    for (const Fact& fact : facts.facts) {
      if (fact.kind != weight.kind) continue;
      int own = score_of(fact, weight.score, script);
      if (script.part && is_site_work(fact)) own = std::min(own, kMostOfSiteWork);
      if (best == nullptr || own > score) {
        best = &fact;
        score = own;
      }
    }
    if (best == nullptr || score == 0) continue;
    if (weight.kind == FactKind::kDump && !has(facts, FactKind::kOwnAccount)) continue;
    // A client for people speaks it as well, but runs no commands for others.
    if (best->detail == "chat" && (facts.abilities & kCanCommand) == 0) continue;
    // One decoded name may be a licence check's; several are a habit.
    if (weight.kind == FactKind::kHiddenCall && count_of(facts, weight.kind) >= 2) score = 72;
    if (weight.kind == FactKind::kRunUnpacked && (facts.layers >= 2 || facts.core.size() > 120)) {
      score = std::max(score, 72);
    }
    // Objects from the request that run code when they end; an account behind a digest.
    if (weight.kind == FactKind::kUnserialize && small && best->reached &&
        (facts.abilities & (kCanCode | kCanCommand)) != 0) {
      score = 72;
    }
    // Host and statement from the request: a console for any database.
    if (weight.kind == FactKind::kConnectInput && best->reached &&
        has(facts, FactKind::kQueryInput)) {
      score = 72;
    }
    // Any folder listed and any file shown: the way about a server.
    if (weight.kind == FactKind::kReadInput && small && best->reached && lists_and_reads(facts)) {
      score = 70;
    }
    // Code behind a password that stands in the script.
    if (weight.kind == FactKind::kGate && small && score > weight.score &&
        (facts.abilities & (kCanCode | kCanCommand)) != 0) {
      score = 72;
    }
    if (weight.kind == FactKind::kAccountInput &&
        (has(facts, FactKind::kGate) || best->detail == "ftp service")) {
      score = 72;
    }
    std::string excerpt = best->excerpt;
    if ((weight.kind == FactKind::kRunUnpacked || best->layer > 0) && !facts.core.empty() &&
        printable_share(facts.core) > 80) {
      excerpt = facts.core;
    }
    add(judgement, weight.name, score, fmt::format(fmt::runtime(weight.en), best->detail),
        fmt::format(fmt::runtime(weight.ja), best->detail), std::move(excerpt));
  }
}

// A file that can do much of what an administrator's console can, and listens to requests.
void judge_abilities(Judgement& judgement) {
  const Facts& facts = judgement.facts;
  const bool listens = has(facts, FactKind::kSource) || has(facts, FactKind::kRunUndefined);
  if (!listens) return;
  const std::uint32_t abilities = facts.abilities;
  const int count = std::popcount(abilities);
  const bool runs = (abilities & (kCanCommand | kCanCode)) != 0;
  int score = 0;
  if (runs) {
    score = count >= 9   ? 75
            : count >= 8 ? 70
            : count >= 7 ? 55
            : count >= 6 ? 35
            : count >= 5 ? 20
                         : 0;
  } else {
    score = count >= 9 ? 50 : count >= 8 ? 40 : count >= 7 ? 30 : count >= 6 ? 15 : 0;
  }
  // A library has them in functions that others call.
  const bool reached = std::any_of(facts.facts.begin(), facts.facts.end(), [](const Fact& fact) {
    return fact.kind == FactKind::kSource && fact.reached;
  });
  if (!reached) score /= 3;
  if (score == 0) return;
  add(judgement, "code.console", score,
      fmt::format("one file with the abilities of an administrator's console: {} kinds", count),
      fmt::format("1 つのファイルに管理コンソール並みの機能があります：{} 種類", count));
}

// Sites of classic ASP list, write and delete files whose names are theirs or come from their
// database. Means count there when they run commands or when a request names the file whole.
bool is_armed(const Judgement& judgement) {
  constexpr std::uint32_t kFiles = kCanList | kCanRead | kCanWrite | kCanDelete | kCanUpload;
  const Facts& facts = judgement.facts;
  const bool runs = std::any_of(facts.facts.begin(), facts.facts.end(), [](const Fact& fact) {
    return fact.kind == FactKind::kRunCode && fact.reached;
  });
  const bool brief = judgement.bytes <= 4096 && std::popcount(facts.abilities) >= 3;
  return (facts.abilities & kCanCommand) != 0 || (facts.chosen & kFiles) != 0 || (runs && brief) ||
         ((facts.abilities & kCanCode) != 0 && judgement.bytes <= 1024);
}

// There are facts of the kind, and all of them in this form.
bool all_are(const Facts& facts, FactKind kind, std::string_view detail) {
  return has(facts, kind) &&
         std::all_of(facts.facts.begin(), facts.facts.end(),
                     [&](const Fact& fact) { return fact.kind != kind || fact.detail == detail; });
}

// Commands that do not stand in the script as they are run: forms hand their text to sendmail.
bool runs_more_than_fixed(const Facts& facts) {
  return (facts.abilities & kCanCommand) != 0 &&
         (!all_are(facts, FactKind::kCommand, "fixed") || has(facts, FactKind::kCommandInput) ||
          has(facts, FactKind::kReverse));
}

// Pages of ASP, ASP.NET, JSP and CFML that read a request beside what only administration needs,
// where the way from one to the other was not followed.
void judge_page(Judgement& judgement, const Segments& segments) {
  if (judgement.languages.empty()) return;
  switch (judgement.languages.front()) {
    case ScriptLanguage::kVbScript:
    case ScriptLanguage::kJScript:
    case ScriptLanguage::kCSharp:
    case ScriptLanguage::kVbNet:
    case ScriptLanguage::kJava:
    case ScriptLanguage::kCfml:
    case ScriptLanguage::kPerl:
    case ScriptLanguage::kPython:
      break;
    default:
      return;
  }
  const Facts& facts = judgement.facts;
  const std::uint32_t abilities = facts.abilities;
  const bool listens = has(facts, FactKind::kSource);
  const bool classic = is_classic(judgement);
  int score = 0;
  const int kinds = std::popcount(abilities & ~std::uint32_t{kCanSettings | kCanReflect});
  if (listens && (abilities & kCanCommand) != 0) score = 72;
  if (listens && kinds >= 4) score = 72;
  if (listens && (abilities & kCanReflect) != 0)
    score = std::max(score, judgement.bytes <= 8192 ? 72 : 50);
  if (score == 0 && listens && kinds >= 3 &&
      (abilities & (kCanWrite | kCanDelete | kCanUpload)) != 0) {
    score = classic ? 60 : 70;
  }
  // In a few lines that is what the page is for; classic sites are full of larger ones that do it.
  bool changes = (abilities & (kCanWrite | kCanDelete | kCanUpload)) != 0;
  // Uploads that were all compared with kinds that no server runs.
  if ((abilities & (kCanWrite | kCanDelete)) == 0 &&
      all_are(facts, FactKind::kUploadInput, "compared")) {
    changes = false;
  }
  if (!classic && listens && judgement.bytes <= 4096 &&
      ((kinds >= 2 && changes) || (abilities & kCanCode) != 0)) {
    score = std::max(score, 70);
  }
  if (score == 0 && listens && (kinds >= 3 || (abilities & kCanCode) != 0)) score = 60;
  const bool large_classic = classic && judgement.bytes > 8192;
  if (score == 0 && listens && kinds >= 2) score = large_classic ? 20 : 45;
  if (score == 0 && listens && changes) score = large_classic ? 20 : 38;
  if (score == 0 && listens && (abilities & (kCanList | kCanRegistry | kCanProcess)) != 0)
    score = large_classic ? 15 : 32;
  if (score == 0 && (abilities & kCanDatabase) != 0 &&
      (abilities & (kCanWrite | kCanUpload)) != 0) {
    score = 32;
  }
  const bool python = is_in(judgement, ScriptLanguage::kPython);
  const bool cgi = python || is_in(judgement, ScriptLanguage::kPerl);
  // Scripts outside the web server do such things, too: only requests that are read count.
  if (cgi) {
    const bool unreached = !python || is_small(judgement);
    const auto reads = [&](std::string_view what) {
      return std::any_of(facts.facts.begin(), facts.facts.end(), [&](const Fact& fact) {
        return fact.kind == FactKind::kSource && fact.detail == what && (fact.reached || unreached);
      });
    };
    const bool request = reads("request");
    const bool network = (abilities & kCanNetwork) != 0 && (abilities & kCanCommand) != 0 &&
                         (!python || judgement.bytes <= kMostOfPage || reads("socket") ||
                          (abilities & kCanSystem) != 0);
    score = python && judgement.bytes > kMostOfPythonPage ? 0
            : request && runs_more_than_fixed(facts)      ? 72
            : request && kinds >= 3                       ? 45
            : network                                     ? 40
                                                          : 0;
  }
  if (classic && (segments.includes || !is_armed(judgement)))
    score = std::min(score, kMostOfSiteWork);
  if (score == 0) return;
  add(judgement, "code.page", score,
      "a page that reads requests beside means to run commands or to change files",
      "リクエストを読み取るページに、コマンド実行やファイル変更の機能があります");
}

void judge_words(Judgement& judgement, const Segments& segments) {
  if (segments.deep_in_prose) return;  // a manual that quotes code
  const std::size_t count = judgement.shape.words.size();
  if (count < 3) return;
  const Facts& facts = judgement.facts;
  const bool acts = facts.abilities != 0 || !facts.facts.empty();
  if (!acts) return;
  const int score = count >= 13 ? 72 : count >= 10 ? 55 : count >= 7 ? 35 : count >= 5 ? 20 : 10;
  std::string list;
  for (const std::string_view word : judgement.shape.words) {
    if (!list.empty()) list += ", ";
    list += word;
    if (list.size() > 120) break;
  }
  add(judgement, "text.words", score, fmt::format("words that webshells use: {}", list),
      fmt::format("webshell に特有の言葉があります：{}", list));
}

// What obfuscation is for: values are run or called, decoders are used.
bool is_active(const Facts& facts) {
  return facts.dynamic_calls > 0 || facts.decoders > 0 || has(facts, FactKind::kRunCode) ||
         has(facts, FactKind::kRunOpaque) || has(facts, FactKind::kRunUnpacked);
}

void judge_shape(Judgement& judgement) {
  const Shape& shape = judgement.shape;
  const Facts& facts = judgement.facts;
  const bool php = is_in(judgement, ScriptLanguage::kPhp);
  int score = 0;
  std::string en;
  std::string ja;
  const auto mark = [&](int points, std::string_view english, std::string_view japanese) {
    score += points;
    if (!en.empty()) en += ", ";
    if (!ja.empty()) ja += "、";
    en += english;
    ja += japanese;
  };
  const bool active = is_active(facts);
  // Code that jumps about or is written in escapes throughout hides from its readers, whatever it
  // does.
  if (!active && !shape.dense && facts.gotos < kManyGotos && !shape.spelled &&
      facts.hidden_globals < kManyGlobals) {
    return;
  }
  if (shape.spelled) {
    mark(facts.dynamic_calls > 0 ? 72 : 40, "names put together letter by letter from a text",
         "テキストから 1 文字ずつ取り出して名前を組み立て");
  }
  // Tables of characters have names and structure between their escapes.
  const bool nothing_else = shape.escapes >= 400 && shape.escapes * 6 > judgement.bytes;
  const bool runs = std::any_of(facts.facts.begin(), facts.facts.end(), [](const Fact& fact) {
    return fact.kind == FactKind::kRunCode && fact.reached;
  });
  if (shape.dense)
    mark(nothing_else ? 50
         : runs       ? 40
                      : 25,
         "written in escapes throughout", "全体がエスケープで記述");
  if (!shape.dense && shape.escapes >= 60 && shape.escapes * 60 > judgement.bytes)
    mark(20, "many escaped characters", "エスケープ文字が多数");
  if (php && shape.odd_names >= 8 && shape.odd_names * 2 > shape.names)
    mark(25, "variables with meaningless names", "意味のない変数名");
  if (facts.gotos >= kManyGotos) {
    // Parser generators jump, too, but not in every other line.
    const bool maze = facts.gotos >= 20 && facts.gotos * std::uint64_t{400} > judgement.bytes;
    mark(maze ? 50 : 25, "jumps in place of structure", "goto による難読化");
  }
  if (facts.hidden_globals >= kManyGlobals)
    mark(40, "variables reached by names in texts", "テキスト中の名前で変数にアクセス");
  if (facts.cut && has(facts, FactKind::kRunCode) && (shape.longest_encoded >= 800 || score > 0)) {
    mark(45, "code that is run lies behind more layers than are looked through",
         "実行されるコードが解析の上限を超える層の奥にあります");
  }
  if (shape.longest_encoded >= 800) {
    const bool most = php && shape.longest_encoded * 2 > judgement.bytes;
    mark(most ? 30 : 15, "a long encoded text", "長い符号化文字列");
  }
  if (shape.characters >= 40)
    mark(15, "texts put together from character codes", "文字コードからの文字列組み立て");
  if (php && shape.high_share >= 25 && shape.names > 0)
    mark(20, "mostly bytes that are no text", "大部分がテキストでないバイト");
  if (php && shape.strange_share >= 40) {
    const bool calls =
        has(facts, FactKind::kOpaqueCall) || (judgement.bytes <= 300 && facts.dynamic_calls > 0);
    mark(calls ? (judgement.bytes <= 300 ? 72 : 50) : 20, "mostly signs, few words",
         "大部分が記号");
  }
  if (score == 0) return;
  add(judgement, "code.obfuscated", std::min(score, 75), "obfuscated: " + en, "難読化：" + ja);
}

// What no administration tool does: running what it is sent, hiding code, looking about in what
// others have on the host. Webshells name such tools, too, which they fetch.
bool exceeds_tools(const Facts& facts) {
  static constexpr std::array kBeyond = {
      FactKind::kRunInput,    FactKind::kCommandInput, FactKind::kCallInput, FactKind::kRunRemote,
      FactKind::kHiddenName,  FactKind::kRunUnpacked,  FactKind::kRunOpaque, FactKind::kReverse,
      FactKind::kWriteScript, FactKind::kAccountList,  FactKind::kLinkOut};
  return std::any_of(kBeyond.begin(), kBeyond.end(),
                     [&](FactKind kind) { return has(facts, kind); });
}

}  // namespace

ShapeWish wish_of(const Facts& facts, const Segments& segments) {
  const bool strange = segments.picture || segments.encoded || segments.strange_encoding;
  return {is_active(facts) || facts.gotos >= kManyGotos,
          facts.abilities != 0 || !facts.facts.empty() || facts.gotos >= kManyGotos || strange};
}

void judge(Judgement& judgement, const Segments& segments) {
  judge_facts(judgement, segments);
  judge_abilities(judgement);
  judge_page(judgement, segments);
  judge_words(judgement, segments);
  judge_shape(judgement);
  if (segments.picture && judgement.script && !judgement.witnesses.empty()) {
    add(judgement, "file.picture", 50, "script inside a file that begins as a picture or archive",
        "画像またはアーカイブとして始まるファイルの中にスクリプトがあります");
  }
  if (segments.encoded) {
    // Sites that were sold encoded include each other's pages; a webshell stands alone.
    add(judgement, "code.encoded", segments.includes ? kMostOfSiteWork : 40,
        "a page whose code was hidden by Microsoft's script encoder",
        "Microsoft スクリプト エンコーダーでコードが隠されたページです");
  }
  if (segments.strange_encoding) {
    add(judgement, "code.encoding", 75, "a page whose declared character encoding hides its code",
        "宣言された文字エンコーディングによってコードが隠されたページです");
  }
  if (judgement.shape.tool_at_top && judgement.bytes > 20'000) {
    add(judgement, "code.tool", 40, fmt::format("an administration tool: {}", judgement.shape.tool),
        fmt::format("管理ツールです：{}", judgement.shape.tool));
  }
  if (!judgement.shape.tool.empty() && !judgement.witnesses.empty() &&
      !exceeds_tools(judgement.facts)) {
    judgement.tool = judgement.shape.tool;
  }
  std::stable_sort(judgement.witnesses.begin(), judgement.witnesses.end(),
                   [](const Witness& a, const Witness& b) { return a.score > b.score; });
}

}  // namespace konseki::webshell
