#include "agent/match/defacement/defacement_matcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "agent/base/digest.h"
#include "agent/base/unicode.h"
#include "agent/match/defacement/page_signs.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMostContent = std::uint64_t{1} << 20;
constexpr std::size_t kMostPages = 20'000;
constexpr int kKeepFrom = 40;
constexpr int kLeast = 40;          // of a page alone, with no other witness
constexpr int kMostOfFew = 69;      // medium
constexpr std::size_t kCopies = 3;  // folders with the same page
constexpr std::size_t kIndependent = 3;

constexpr auto kEndings =
    std::to_array<std::string_view>({".html", ".htm", ".xhtml", ".shtml", ".php", ".phtml", ".asp",
                                     ".aspx", ".jsp", ".cfm", ".tpl", ".txt", ".js"});
constexpr auto kIndexNames =
    std::to_array<std::string_view>({"index", "default", "home", "main", "iisstart", "welcome"});

bool is_page(std::string_view path) {
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

bool is_index(std::string_view path) {
  std::string_view name = path.substr(std::min(path.rfind('/') + 1, path.size()));
  name = name.substr(0, name.find('.'));
  return std::find(kIndexNames.begin(), kIndexNames.end(), name) != kIndexNames.end();
}

struct Page {
  PathSpec address;
  std::string sha256;
  std::vector<PageSign> signs;
};

class DefacementMatcher : public Matcher {
 public:
  explicit DefacementMatcher(std::shared_ptr<const webshell::SiteEvidence> site)
      : site_(std::move(site)) {}

  std::string_view name() const override { return "defacement"; }

  bool wants_content(const MatchFile& file) const override {
    return file.size > 0 && file.size <= kMostContent && file.package_state != "intact" &&
           is_page(fold_case(file.item.path));
  }

  void match_content(const MatchFile& file, ByteReader&, FindingSink& sink) override {
    if (!wants_content(file) || file.content.empty()) return;
    ++files_;
    const std::string_view text(reinterpret_cast<const char*>(file.content.data()),
                                file.content.size());
    std::vector<PageSign> signs = signs_in_page(text);
    if (signs.empty()) return;
    std::vector<int> scores;
    for (const PageSign& sign : signs) scores.push_back(sign.score);
    if (combine_scores(scores) >= kKeepFrom) sink.keep();
    Page page;
    page.address = file.address;
    if (file.digests) page.sha256 = to_hex(file.digests->sha256);
    page.signs = std::move(signs);
    std::lock_guard lock(mutex_);
    pages_.emplace(subject_path(file.address), std::move(page));
    if (pages_.size() > kMostPages) {
      pages_.erase(std::prev(pages_.end()));
      ++left_out_;
    }
  }

  void preview(FindingSink& sink) override { finish(sink); }

  void finish(FindingSink& sink) override {
    std::map<std::string, std::set<std::string>> folders;  // digest -> where that page is
    for (const auto& [path, page] : pages_) {
      if (!page.sha256.empty()) folders[page.sha256].emplace(folder_of(path));
    }
    for (const auto& [path, page] : pages_) {
      report(path, page, page.sha256.empty() ? std::set<std::string>() : folders[page.sha256],
             sink);
    }
  }

  MatchCoverage coverage() const override {
    MatchCoverage coverage;
    coverage.matcher = "defacement";
    coverage.looked_at["files"] = files_;
    if (left_out_ > 0) coverage.not_looked_at["limit_of_pages"] = left_out_;
    return coverage;
  }

 private:
  void report(const std::string& path, const Page& page, const std::set<std::string>& folders,
              FindingSink& sink) const {
    std::vector<Witness> witnesses;
    int best = 0;
    for (const PageSign& sign : page.signs) {
      Witness witness;
      witness.name = sign.name;
      witness.score = sign.score;
      witness.text = sign.text;
      witness.excerpt = sign.excerpt;
      PathSpec address = page.address;
      address.range = sign.range;
      witness.addresses.push_back(std::move(address));
      witnesses.push_back(std::move(witness));
      best = std::max(best, sign.score);
    }
    const std::size_t said = witnesses.size();
    if (folders.size() >= kCopies) {
      Witness witness;
      witness.name = "file.same_elsewhere";
      witness.score = 40;
      witness.text = {fmt::format("the same page lies in {} folders", folders.size()),
                      fmt::format("同じページが {} フォルダーに存在", folders.size())};
      std::size_t listed = 0;
      for (const std::string& folder : folders) {
        if (++listed > 5) break;
        witness.excerpt += (witness.excerpt.empty() ? "" : "\n") + folder;
      }
      witnesses.push_back(std::move(witness));
    }
    const webshell::SiteStory story = site_->story_of(page.address, best);
    for (const Witness& each : story.witnesses) {
      if (each.name == "file.younger_than_siblings" || each.name == "file.not_of_package" ||
          each.name == "file.owner_is_server") {
        witnesses.push_back(each);
      }
    }
    // A word by itself is news, help, or a list of words; a front page has it for its visitors.
    const bool front = is_index(fold_case(path)) && best >= 30;
    if (best < kLeast && !front && witnesses.size() - said == 0 && said < 2) return;
    if (best < 20) return;
    std::vector<int> scores;
    std::size_t speaking = 0;
    bool of_file = false;
    for (const Witness& each : witnesses) {
      scores.push_back(each.score);
      speaking += each.score >= 15;
      of_file = of_file || (each.name.starts_with("file.") && each.score >= 15);
    }
    Finding finding;
    finding.matcher = "defacement";
    finding.rule = best_is_claim(page) ? "defacement" : "injected_spam";
    finding.origin = "konseki";
    finding.technique = "T1491.002";
    finding.score = combine_scores(scores);
    const bool independent = speaking >= kIndependent && of_file;
    if (!independent) finding.score = std::min(finding.score, kMostOfFew);
    finding.severity = severity_of_score(finding.score, of_file ? 2 : 1);
    finding.subject = page.address;
    finding.sha256 = page.sha256;
    std::stable_sort(witnesses.begin(), witnesses.end(),
                     [](const Witness& a, const Witness& b) { return a.score > b.score; });
    std::string en, ja;
    for (std::size_t i = 0; i < witnesses.size() && i < 4; ++i) {
      en += (i > 0 ? "; " : "") + witnesses[i].text.en;
      ja += (i > 0 ? "、" : "") + witnesses[i].text.ja;
    }
    finding.reason = best_is_claim(page)
                         ? Bilingual{"Page that looks defaced: " + en + ".",
                                     "改ざんされたとみられるページ: " + ja + "。"}
                         : Bilingual{"Page with content that somebody put into it: " + en + ".",
                                     "第三者の内容が埋め込まれたとみられるページ: " + ja + "。"};
    finding.witnesses = std::move(witnesses);
    finding.first_seen = story.first;
    finding.last_seen = story.last;
    sink.emit(std::move(finding));
  }

  static bool best_is_claim(const Page& page) {
    const auto best =
        std::max_element(page.signs.begin(), page.signs.end(),
                         [](const PageSign& a, const PageSign& b) { return a.score < b.score; });
    return best->name.starts_with("page.claim") || best->name == "page.group";
  }

  std::shared_ptr<const webshell::SiteEvidence> site_;
  std::atomic<std::uint64_t> files_ = 0;
  std::mutex mutex_;  // of the pages until finish()
  std::map<std::string, Page> pages_;
  std::uint64_t left_out_ = 0;
};

}  // namespace

std::unique_ptr<Matcher> make_defacement_matcher(
    std::shared_ptr<const webshell::SiteEvidence> site) {
  return std::make_unique<DefacementMatcher>(std::move(site));
}

}  // namespace konseki
