#include "agent/match/webshell/webshell_matcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <new>
#include <set>
#include <span>
#include <tuple>

#include "agent/base/digest.h"
#include "agent/match/webshell/site_path.h"
#include "agent/match/yara/embedded_rules.h"
#include "agent/match/yara/rule_meta.h"

namespace konseki::webshell {
namespace {

constexpr std::size_t kMostResults = 200'000;
constexpr int kRuleSeconds = 10;
constexpr int kKeepFrom = 30;    // medium
constexpr int kMostOfTool = 29;  // low

Witness witness_of(const yara::RuleHit& hit) {
  Witness witness;
  witness.name = "yara." + hit.rule;
  witness.score = yara::score_of(hit);
  const std::string en = yara::meta_value(hit, "description");
  const std::string ja = yara::meta_value(hit, "description_ja");
  witness.text.en = fmt::format("YARA rule {}: {}", hit.rule, en.empty() ? hit.rule : en);
  witness.text.ja = fmt::format("YARA ルール {}：{}", hit.rule, ja.empty() ? witness.text.en : ja);
  if (!hit.strings.empty()) witness.excerpt = hit.strings.front().excerpt;
  return witness;
}

// Perl and Python that administrators run by hand: it takes input and runs commands like a page
// that reads requests, and no server offers it.
bool is_system_tool(const ScriptResult& result) {
  static constexpr auto kTools = std::to_array<std::string_view>({"perl", "python"});
  return in_program_folder(result.address.path) && !result.languages.empty() &&
         std::all_of(result.languages.begin(), result.languages.end(),
                     [](const std::string& language) {
                       return std::find(kTools.begin(), kTools.end(), language) != kTools.end();
                     });
}

}  // namespace

std::size_t kinds_of(const std::vector<Witness>& witnesses) {
  std::set<std::string_view> kinds;
  for (const Witness& witness : witnesses) {
    if (witness.score > 0) {
      kinds.insert(std::string_view(witness.name).substr(0, witness.name.find('.')));
    }
  }
  return kinds.size();
}

Finding finding_of(const ScriptResult& result) {
  Finding finding;
  finding.matcher = "webshell";
  finding.rule = result.tool.empty() ? "webshell" : "web_administration_tool";
  finding.origin = "konseki";
  finding.technique = "T1505.003";
  finding.subject = result.address;
  finding.sha256 = result.sha256;
  finding.witnesses = result.witnesses;
  std::stable_sort(finding.witnesses.begin(), finding.witnesses.end(),
                   [](const Witness& a, const Witness& b) { return a.score > b.score; });
  finding.score = combined_score(finding.witnesses, result.tool);
  finding.severity = severity_of_score(finding.score, kinds_of(finding.witnesses));
  const std::string language = result.languages.empty() ? "script" : result.languages.front();
  if (!result.tool.empty()) {
    finding.title = result.tool;
    finding.reason.en = fmt::format(
        "{} is a web administration tool: it gives whoever reaches it files, databases or "
        "commands. Ask "
        "who put it there.",
        result.tool);
    finding.reason.ja = fmt::format(
        "{} "
        "はウェブ管理ツールです。アクセスできる人は誰でもファイルやデータベース、コマンドを操作でき"
        "ます。"
        "誰が設置したかを確認してください。",
        result.tool);
    return finding;
  }
  finding.title = "Webshell (" + language + ")";
  std::string en;
  std::string ja;
  for (std::size_t i = 0; i < finding.witnesses.size() && i < 3; ++i) {
    if (i > 0) {
      en += "; ";
      ja += "、";
    }
    en += finding.witnesses[i].text.en;
    ja += finding.witnesses[i].text.ja;
  }
  finding.reason.en = fmt::format("Script ({}) that {}", language, en);
  finding.reason.ja = fmt::format("スクリプト（{}）：{}", language, ja);
  return finding;
}

WebshellMatcher::WebshellMatcher(std::shared_ptr<SiteEvidence> site) : site_(std::move(site)) {
  coverage_.matcher = "webshell";
  if (auto rules = yara::YaraRules::load(yara::rule_files(embedded_rules("webshell")))) {
    rules_ = *rules;
    coverage_.loaded["rules"] = rules_->rule_count();
  }
}

WebshellMatcher::~WebshellMatcher() = default;

bool WebshellMatcher::wants_content(const MatchFile& file) const {
  return file.size > 0 && file.size <= kMostBytes;
}

void WebshellMatcher::count_gap(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  ++coverage_.not_looked_at[reason];
}

void WebshellMatcher::ask_rules(std::string_view content, const MatchFile& file,
                                std::vector<Witness>& witnesses, FindingSink& sink) {
  if (rules_ == nullptr || rules_->rule_count() == 0) return;
  std::unique_ptr<yara::YaraScanner> scanner;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      scanner = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (scanner == nullptr) scanner = std::make_unique<yara::YaraScanner>(kRuleSeconds);
  yara::ScanFacts facts;
  facts.file_name = base_name(file.item.path);
  facts.file_path = file.item.path;
  bool whole = true;
  for (const yara::RuleSet* set : rules_->all_sets()) {
    const auto outcome = scanner->scan(*set, std::as_bytes(std::span(content)), facts);
    if (!outcome) {
      whole = false;
      sink.gap(subject_path(file.address), outcome.error());
      break;
    }
    for (const yara::RuleHit& hit : outcome->hits) witnesses.push_back(witness_of(hit));
  }
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(scanner));
  if (!whole) ++coverage_.not_looked_at["rules"];
}

void WebshellMatcher::match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) {
  std::string own;
  std::string_view text;
  if (!file.content.empty()) {
    text = {reinterpret_cast<const char*>(file.content.data()), file.content.size()};
  } else {
    own.resize(static_cast<std::size_t>(std::min<std::uint64_t>(file.size, kMostBytes)));
    std::size_t filled = 0;
    while (filled < own.size()) {
      const auto got =
          content.read_at(filled, std::as_writable_bytes(std::span(own).subspan(filled)));
      if (!got) {
        sink.gap(file.item.path, got.error());
        count_gap("unreadable");
        return;
      }
      if (*got == 0) break;
      filled += *got;
    }
    own.resize(filled);
    text = own;
  }
  site_->see_content(file, text);
  ScriptResult result;
  try {
    Judgement judgement = analyse(text, base_name(file.item.path));
    {
      const std::lock_guard lock(mutex_);
      ++coverage_.looked_at["files"];
      coverage_.looked_at["bytes"] += text.size();
      if (judgement.script) ++coverage_.looked_at["scripts"];
      if (judgement.cut) ++coverage_.not_looked_at["cut_scripts"];
    }
    if (!judgement.script) return;
    result.witnesses = std::move(judgement.witnesses);
    result.tool = std::move(judgement.tool);
    for (const ScriptLanguage language : judgement.languages) {
      result.languages.emplace_back(language_name(language));
    }
  } catch (const std::bad_alloc&) {
    sink.gap(file.item.path,
             Error{ErrorCode::kLimitExceeded, "script analysis: out of memory", {}});
    count_gap("out_of_memory");
    return;
  }
  ask_rules(text, file, result.witnesses, sink);
  if (combined_score(result.witnesses, result.tool) >= kKeepFrom) sink.keep();
  result.address = file.address;
  if (file.digests != nullptr) result.sha256 = to_hex(file.digests->sha256);
  result.package = file.package;
  result.package_state = file.package_state;
  const std::lock_guard lock(mutex_);
  if (results_.size() >= kMostResults) {
    ++coverage_.not_looked_at["results_beyond_limit"];
    return;
  }
  results_.push_back(std::move(result));
}

// What the code says, together with what logs and the file's neighbours say.
std::optional<Finding> WebshellMatcher::weighed(ScriptResult&& result) const {
  const int code = combined_score(result.witnesses, result.tool);
  SiteStory story = site_->story_of(result.address, code);
  result.witnesses.insert(result.witnesses.end(), std::make_move_iterator(story.witnesses.begin()),
                          std::make_move_iterator(story.witnesses.end()));
  if (result.witnesses.empty()) return std::nullopt;
  if (is_system_tool(result)) story.most = std::min(story.most, kMostOfTool);
  Finding finding = finding_of(result);
  if (finding.score > story.most) {
    finding.score = story.most;
    finding.severity = severity_of_score(story.most);
  }
  if (finding.score < kLeastScore) return std::nullopt;
  finding.first_seen = story.first;
  finding.last_seen = story.last;
  if (!story.clients.empty()) {
    finding.reason.en += fmt::format(". Requested by {}.", fmt::join(story.clients, ", "));
    finding.reason.ja += fmt::format("。リクエスト元: {}。", fmt::join(story.clients, "、"));
  }
  return finding;
}

void WebshellMatcher::finish(FindingSink& sink) {
  std::vector<Finding> findings;
  for (const ScriptResult& result : results_) {
    if (auto finding = weighed(ScriptResult(result))) findings.push_back(*std::move(finding));
  }
  std::sort(findings.begin(), findings.end(), comes_before);
  for (Finding& finding : findings) sink.emit(std::move(finding));
}

MatchCoverage WebshellMatcher::coverage() const {
  const std::lock_guard lock(mutex_);
  MatchCoverage coverage = coverage_;
  site_->add_to(coverage);
  return coverage;
}

std::unique_ptr<Matcher> make_webshell_matcher(std::shared_ptr<SiteEvidence> site) {
  return std::make_unique<WebshellMatcher>(std::move(site));
}

}  // namespace konseki::webshell
