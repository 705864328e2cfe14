#include "agent/cli/match_options.h"

#include <fmt/format.h>

#include "agent/base/memory_reader.h"
#include "agent/cli/rule_files.h"
#include "agent/match/builtin.h"
#include "agent/match/yara/embedded_rules.h"
#include "agent/match/yara/yara_matcher.h"
#include "agent/source/live/local_file.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxAllowList = std::uint64_t{64} << 20;

Result<AllowList> read_allow_lists(const std::vector<std::string>& paths) {
  AllowList list;
  for (const std::string& path : paths) {
    KONSEKI_ASSIGN(auto reader, open_local_file(path));
    KONSEKI_ASSIGN(const auto bytes, read_all(*reader, kMaxAllowList));
    KONSEKI_TRY(list.add({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path));
  }
  return list;
}

// Our own rules and those that are named; null when there is none of either.
Result<std::shared_ptr<yara::YaraRules>> load_rules(const MatchSettings& settings) {
  KONSEKI_ASSIGN(auto files, read_rule_files(settings.rules));
  if (settings.checks) {
    for (yara::RuleFile& file : yara::rule_files(embedded_rules(""))) {
      files.push_back(std::move(file));
    }
  }
  if (files.empty()) return std::shared_ptr<yara::YaraRules>();
  return yara::YaraRules::load(std::move(files), read_included_rules);
}

// A rule that does not run is something that could not be looked for.
void tell_of_left_out(const yara::YaraRules& rules, FindingSink& sink) {
  for (const yara::RuleProblem& problem : rules.problems()) {
    if (!problem.left_out) continue;
    std::string detail = problem.line > 0 ? fmt::format("line {}: ", problem.line) : "";
    if (!problem.rule.empty()) detail += problem.rule + ": ";
    sink.gap(problem.file, {ErrorCode::kUnsupported, detail + problem.reason.en, {}});
  }
}

}  // namespace

std::vector<OptionSpec> match_options() {
  return {
      {"rules",
       "PATH",
       {"YARA rules: a file, compiled or not, or a folder",
        "YARA ルール (ファイルまたはフォルダー)"},
       true},
      {"allow",
       "FILE",
       {"digests of files known to be harmless, lines of\nDIGEST;COMMENT",
        "無害と確認済みのファイルのハッシュ値\n(ハッシュ値;コメント の行)"},
       true},
      {"no-checks", "", {"without the built-in checks", "組み込みの検査を行わない"}},
      {"fail-on",
       "info|low|medium|high|critical",
       {"exit with 10 when a finding is this severe", "この重大度以上の検出があれば終了コード 10"}},
  };
}

Result<MatchSettings> read_match_settings(const Arguments& arguments) {
  MatchSettings settings;
  settings.allow = arguments.values("allow");
  settings.rules = arguments.values("rules");
  settings.checks = !arguments.has("no-checks");
  if (arguments.has("fail-on")) {
    settings.fail_on = severity_of_name(arguments.value("fail-on"));
    if (!settings.fail_on) {
      return fail(ErrorCode::kInvalidArgument, "--fail-on " + arguments.value("fail-on"),
                  {"Use info, low, medium, high or critical.",
                   "info、low、medium、high、critical のどれかを指定してください。"});
    }
  }
  return settings;
}

Result<std::unique_ptr<MatchStage>> make_match_stage(const MatchSettings& settings) {
  KONSEKI_ASSIGN(AllowList allowed, read_allow_lists(settings.allow));
  std::vector<std::unique_ptr<Matcher>> matchers;
  if (settings.checks) matchers = make_builtin_matchers();
  KONSEKI_ASSIGN(const auto rules, load_rules(settings));
  if (rules) matchers.push_back(std::make_unique<yara::YaraMatcher>(rules));
  auto stage = std::make_unique<MatchStage>(std::move(matchers), std::move(allowed));
  if (rules) tell_of_left_out(*rules, *stage);
  return stage;
}

bool reaches(const MatchSettings& settings, const MatchSummary& summary) {
  return settings.fail_on && summary.at_least(*settings.fail_on) > 0;
}

}  // namespace konseki
