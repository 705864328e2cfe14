// konseki match: bundles and observed data against rules and indicators.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "agent/base/quantities.h"
#include "agent/base/terminal.h"
#include "agent/bundle/reader.h"
#include "agent/cli/bundle_match_run.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/interrupt.h"
#include "agent/cli/key_options.h"
#include "agent/cli/match_options.h"
#include "agent/cli/match_report.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/terminal_observer.h"
#include "agent/cli/verbs.h"
#include "agent/match/indicators/indicator_set.h"
#include "agent/match/indicators/observation_file.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/parted_file.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "match",
      "BUNDLE|OBSERVED.json…",
      1,
      10'000,
      {"Looks in bundles of earlier collections, exactly as over the host, for what rules and\n"
       "indicators describe; and in observed data (STIX 2.0 or 2.1) for STIX patterns (level 3).\n"
       "Which one a file is, is told by its content; nothing in it is changed. Exit code 10 when "
       "a\n"
       "finding reaches --fail-on, 1 when something could not be used or looked at; it is listed.",
       "過去に収集したバンドルを、ホストを調べるときと同じようにルールやインジケータと照合します。"
       "\n"
       "観測データ (STIX 2.0・2.1) は STIX パターン (レベル 3) と照合します。どちらかは内容から\n"
       "判別し、内容は一切変更しません。--fail-on の重大度に達した検出があれば終了コード 10、\n"
       "使えない入力や照合できないものがあれば一覧して 1 で終わります。"},
      joined_options({match_options(),
                      {{"output,o",
                        "FILE",
                        {"findings as JSON lines, into a new file",
                         "検出を JSON Lines で新しいファイルに出力"}},
                       {"json", "", {"write one JSON document", "JSON 文書で出力"}},
                       {"workers",
                        "N",
                        {"threads that match (default: cores)", "処理スレッド数 (既定: コア数)"}},
                       {"quiet,q", "", {"no progress", "進捗を表示しない"}}},
                      Unlocker::options()}),
      {"  konseki match out/*.tar.zst --indicators feed.json --rules new.yar\n"
       "  konseki match observed.json --indicators feed.json --fail-on medium\n",
       "  konseki match out/*.tar.zst --indicators feed.json --rules new.yar\n"
       "  konseki match observed.json --indicators feed.json --fail-on medium\n"}};
  return kUsage;
}

InputProblem problem_of(const std::string& file, Error error) {
  if (!error.detail.starts_with(file)) error.detail = file + ": " + error.detail;
  return {file,
          {},
          {},
          error.describe(Language::kEnglish),
          {error.describe(Language::kEnglish), error.describe(Language::kJapanese)}};
}

// Reads every file of observed data; those that cannot be read, or hold nothing, become problems.
// Answers the last error where none could be read.
Result<void> read_observed(const std::vector<std::string>& paths, ObservationSet& set,
                           std::vector<InputProblem>& problems) {
  std::optional<Error> last;
  std::size_t read = 0;
  for (const std::string& path : paths) {
    auto reader = open_local_file(path);
    Result<void> added;
    if (reader) added = set.add(**reader, path);
    if (!reader || !added) {
      last = reader ? added.error() : reader.error();
      if (reader) last->detail = path + ": " + last->detail;
      problems.push_back(problem_of(path, *last));
      continue;
    }
    ++read;
    if (set.last_count() == 0) {
      problems.push_back(
          {path, {}, {}, {}, {"the file holds no observed-data", "observed-data がありません"}});
    }
  }
  if (read == 0) return fail(*std::move(last));
  return {};
}

// One run over everything named.
class MatchRun {
 public:
  MatchRun(const Arguments& arguments, MatchSettings settings, Unlocker unlocker, Language language)
      : arguments_(arguments),
        settings_(std::move(settings)),
        unlocker_(std::move(unlocker)),
        language_(language),
        observer_(language, standard_error_is_terminal(), arguments.has("quiet")) {}

  Result<int> run() {
    sort_inputs();
    if (!observed_paths_.empty() && settings_.indicators.empty()) {
      return refuse_usage({ErrorCode::kInvalidArgument,
                           "--indicators",
                           {"Name the indicators with --indicators FILE.",
                            "--indicators FILE でインジケータを指定してください。"}},
                          language_);
    }
    std::optional<LoadedIndicators> indicators;
    if (!observed_paths_.empty()) {
      KONSEKI_ASSIGN(indicators, read_indicators(settings_.indicators, &indicators_));
      KONSEKI_TRY(match_observed(*indicators));
    }
    MatchArms arms;
    if (!bundle_paths_.empty()) {
      if (indicators) KONSEKI_TRY(check_usable(*indicators, settings_.indicators.front()));
      KONSEKI_ASSIGN(arms, MatchArms::load(settings_, std::move(indicators)));
    }
    InterruptGuard interrupt;
    for (const std::string& path : bundle_paths_) {
      if (interrupt.token().stop_requested()) {
        problem(path, {ErrorCode::kCancelled, "interrupted", {}});
        continue;
      }
      auto result =
          match_bundle_file(path, unlocker_, arms, workers(), observer_, interrupt.token());
      if (!result && result.error().code == ErrorCode::kInvalidArgument) {
        return refuse_usage(result.error(), language_);
      }
      if (result) {
        bundles_.push_back(*std::move(result));
      } else {
        problem(path, result.error());
      }
    }
    observer_.clear();
    if (bundles_.empty() && report_.observations.empty() && last_) return fail(*std::move(last_));
    KONSEKI_TRY(write_output());
    print_result(arguments_.has("json") ? json() : text());
    return exit_code();
  }

 private:
  void problem(const std::string& path, Error error) {
    report_.problems.push_back(problem_of(path, error));
    if (!error.detail.starts_with(path)) error.detail = path + ": " + error.detail;
    last_ = std::move(error);
  }

  // Bundles and observed data, told apart by content.
  void sort_inputs() {
    for (const std::string& path : arguments_.positional()) {
      auto file = open_parted_file(path);
      auto content = file ? unlocker_.unlock(*std::move(file)) : fail(std::move(file).error());
      if (!content) {
        problem(path, content.error());
        continue;
      }
      const auto bundle = is_bundle(**content);
      (bundle && *bundle ? bundle_paths_ : observed_paths_).push_back(path);
    }
  }

  // Files of indicators that could not be read are problems; none at all is an error.
  Result<void> note_indicators(const LoadedIndicators& loaded) {
    report_.superseded = loaded.superseded;
    for (const auto& [file, error] : loaded.unusable) {
      report_.problems.push_back(problem_of(file, error));
    }
    const bool nothing = indicators_.indicators().empty() && indicators_.not_applied().empty();
    const std::string& named = settings_.indicators.front();
    if (nothing && !loaded.unusable.empty()) return check_usable(loaded, named);
    if (nothing && loaded.indexes.empty()) {
      return fail(ErrorCode::kNotFound, named,
                  {"The folder holds no file.", "フォルダーにファイルがありません。"});
    }
    if (nothing) {
      report_.problems.push_back(
          {named, {}, {}, {}, {"the file holds no indicator", "インジケータがありません"}});
    }
    return {};
  }

  Result<void> match_observed(const LoadedIndicators& loaded) {
    KONSEKI_TRY(note_indicators(loaded));
    KONSEKI_TRY(read_observed(observed_paths_, observed_, report_.problems));
    observed_.link();
    report_.observations = observed_.observations();
    report_.indicators = indicators_.indicators().size();
    report_.not_applied = indicators_.not_applied();
    report_.problems.insert(report_.problems.end(), observed_.problems().begin(),
                            observed_.problems().end());
    for (const Indicator& indicator : indicators_.indicators()) {
      const auto match = stix::match_pattern(indicator.pattern, report_.observations);
      if (!match) {
        report_.not_applied.push_back({indicator.info.file, indicator.info.id, indicator.info.name,
                                       match.error().detail, match.error().advice});
      } else if (*match) {
        report_.sightings.push_back(make_sighting(indicator, *match, report_.observations));
      }
    }
    std::stable_sort(report_.sightings.begin(), report_.sightings.end(),
                     [](const Sighting& a, const Sighting& b) { return a.severity > b.severity; });
    return {};
  }

  unsigned workers() const {
    const auto given = parse_size(arguments_.value("workers"));
    const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1U, 16U);
    return given && *given >= 1 && *given <= 256 ? static_cast<unsigned>(*given) : cores;
  }

  Result<void> write_output() {
    if (!arguments_.has("output")) return {};
    KONSEKI_ASSIGN(OutputTarget out, OutputTarget::open(arguments_.value("output")));
    for (const Sighting& sighting : report_.sightings) {
      KONSEKI_TRY(out.write(sighting_json(sighting, report_) + "\n"));
    }
    for (const BundleMatchResult& bundle : bundles_) {
      for (const Finding& finding : bundle.findings) {
        KONSEKI_TRY(out.write(finding_json(finding) + "\n"));
      }
    }
    return out.commit();
  }

  std::string text() const {
    std::string out;
    for (const BundleMatchResult& bundle : bundles_) {
      out += bundle_match_text(bundle, language_) + "\n";
    }
    if (!observed_paths_.empty() || !report_.problems.empty()) {
      out += match_text(report_, language_, !observed_paths_.empty());
    } else if (out.ends_with("\n\n")) {
      out.pop_back();
    }
    return out;
  }

  std::string json() const {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("findings");
    json.begin_array();
    for (const Sighting& sighting : report_.sightings) json.raw(sighting_json(sighting, report_));
    for (const BundleMatchResult& bundle : bundles_) {
      for (const Finding& finding : bundle.findings) json.raw(finding_json(finding));
    }
    json.end_array();
    json.key("bundles");
    json.begin_array();
    for (const BundleMatchResult& bundle : bundles_) write_bundle_match(json, bundle);
    json.end_array();
    write_match_report(json, report_);
    json.end_object();
    return out + "\n";
  }

  int exit_code() const {
    bool found = settings_.fail_on && !report_.sightings.empty() &&
                 report_.sightings.front().severity >= *settings_.fail_on;
    bool whole = report_.problems.empty() && report_.not_applied.empty();
    for (const BundleMatchResult& bundle : bundles_) {
      found = found || reaches(settings_, bundle.summary);
      whole = whole && bundle.whole();
    }
    if (found) return kExitFinding;
    return whole ? kExitComplete : kExitWithGaps;
  }

  const Arguments& arguments_;
  MatchSettings settings_;
  Unlocker unlocker_;
  Language language_;
  TerminalObserver observer_;
  std::vector<std::string> bundle_paths_;
  std::vector<std::string> observed_paths_;
  IndicatorSet indicators_;
  ObservationSet observed_;
  MatchReport report_;
  std::vector<BundleMatchResult> bundles_;
  std::optional<Error> last_;
};

}  // namespace

int run_match(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    auto settings = read_match_settings(arguments);
    if (!settings) return refuse_usage(settings.error(), language);
    if (arguments.has("workers")) {
      const auto workers = parse_size(arguments.value("workers"));
      if (!workers || *workers < 1 || *workers > 256) {
        return refuse_usage(
            {ErrorCode::kInvalidArgument,
             "--workers " + arguments.value("workers"),
             {"Write a number from 1 to 256.", "1 から 256 の数を指定してください。"}},
            language);
      }
    }
    auto unlocker = Unlocker::create(arguments, language);
    if (!unlocker) return refuse_usage(unlocker.error(), language);
    return MatchRun(arguments, *std::move(settings), *std::move(unlocker), language).run();
  });
}

}  // namespace konseki
