// WebshellMatcher: script files judged by their code, one finding a file (docs/webshells.md).
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/match/webshell/analysis.h"
#include "agent/match/webshell/site_evidence.h"
#include "agent/match/yara/yara_rules.h"
#include "agent/match/yara/yara_scanner.h"
#include "konseki/matcher.h"

namespace konseki::webshell {

// What is known of one script after its content was seen. Kept until finish(), where witnesses
// from elsewhere (access logs, owners, neighbours) can be added before the scores are combined.
struct ScriptResult {
  PathSpec address;
  std::string sha256;   // lower-case hex; empty when not known
  std::string package;  // who owns the file; empty when nobody or unknown
  std::string package_state;
  std::vector<std::string> languages;
  std::vector<Witness> witnesses;
  std::string tool;  // an administration tool by its name
};

// Kinds of witnesses, "code" of "code.run_input": as many as spoke with a score.
std::size_t kinds_of(const std::vector<Witness>& witnesses);

// The finding that the witnesses amount to: score and severity of DESIGN §5, a known tool at
// medium, reason in both languages. Its witnesses are in descending order of score.
Finding finding_of(const ScriptResult& result);

// Findings from this score on are emitted; what scores less is counted alone.
inline constexpr int kLeastScore = 20;

class WebshellMatcher : public Matcher {
 public:
  // `site` is fed with every file and request, and asked in finish() about every script.
  explicit WebshellMatcher(std::shared_ptr<SiteEvidence> site = std::make_shared<SiteEvidence>());
  ~WebshellMatcher() override;

  std::string_view name() const override { return "webshell"; }
  void begin(const MatchContext& context) override { site_->begin(context); }
  void match_entry(const MatchFile& file, FindingSink&) override { site_->see_file(file); }
  void match_record(const Record& record, FindingSink&) override { site_->see_record(record); }
  bool wants_content(const MatchFile& file) const override;
  void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) override;
  void preview(FindingSink& sink) override { finish(sink); }
  // Emits the findings, in the order of their addresses.
  void finish(FindingSink& sink) override;
  MatchCoverage coverage() const override;

 private:
  void ask_rules(std::string_view content, const MatchFile& file, std::vector<Witness>& witnesses,
                 FindingSink& sink);
  void count_gap(const std::string& reason);
  std::optional<Finding> weighed(ScriptResult&& result) const;

  std::shared_ptr<SiteEvidence> site_;
  std::shared_ptr<const yara::YaraRules> rules_;  // our own, yara-rules/webshell
  mutable std::mutex mutex_;                      // of all below
  std::vector<std::unique_ptr<yara::YaraScanner>> idle_;
  std::vector<ScriptResult> results_;
  MatchCoverage coverage_;
};

std::unique_ptr<Matcher> make_webshell_matcher(
    std::shared_ptr<SiteEvidence> site = std::make_shared<SiteEvidence>());

}  // namespace konseki::webshell
