// konseki match: observed data against indicators.

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "agent/base/memory_reader.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/match_report.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/match/indicators/indicator_file.h"
#include "agent/match/indicators/observation_file.h"
#include "agent/source/live/local_file.h"

namespace konseki {
namespace {

constexpr std::uint64_t kMaxInput = std::uint64_t{1} << 30;

const Usage& usage() {
  static const Usage kUsage{
      "match",
      "OBSERVED.json…",
      1,
      10'000,
      {"Looks in observed data (STIX 2.0 or 2.1) for what indicators describe (STIX patterns,\n"
       "level 3). Exit code 10 when a finding reaches --fail-on, 1 when some input or indicator\n"
       "could not be used; it is listed.",
       "観測データ (STIX 2.0・2.1) をインジケータ (STIX パターン、レベル 3) と照合します。\n"
       "--fail-on の重大度に達した検出があれば終了コード 10、使えない入力やインジケータがあれば\n"
       "一覧して 1 で終わります。"},
      {{"indicators",
        "PATTERNS.json",
        {"bundle, list of indicators or of patterns (required)",
         "バンドル、インジケータまたはパターンのリスト (必須)"},
        true},
       {"fail-on",
        "info|low|medium|high|critical",
        {"exit with 10 from this severity on", "この重大度以上なら終了コード 10"}},
       {"json", "", {"write one JSON document", "JSON 文書で出力"}}},
      {"  konseki match observed.json --indicators feed.json --fail-on medium\n",
       "  konseki match observed.json --indicators feed.json --fail-on medium\n"}};
  return kUsage;
}

Result<std::string> read_text(const std::string& path) {
  KONSEKI_ASSIGN(auto reader, open_local_file(path));
  KONSEKI_ASSIGN(const auto bytes, read_all(*reader, kMaxInput));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// Adds every file to `set`; those that cannot be read, or hold nothing, become problems. Answers
// the last error where none could be read.
template <class Set>
Result<void> read_all_files(const std::vector<std::string>& paths, Set& set,
                            const Bilingual& nothing, std::vector<InputProblem>& problems) {
  std::optional<Error> last;
  std::size_t read = 0;
  for (const std::string& path : paths) {
    auto text = read_text(path);
    Result<void> added;
    if (text) added = set.add(*text, path);
    if (!text || !added) {
      last = text ? added.error() : text.error();
      if (text) last->detail = path + ": " + last->detail;
      problems.push_back(
          {path,
           {},
           {},
           last->describe(Language::kEnglish),
           {last->describe(Language::kEnglish), last->describe(Language::kJapanese)}});
      continue;
    }
    ++read;
    if (set.last_count() == 0) problems.push_back({path, {}, {}, {}, nothing});
  }
  if (read == 0) return fail(*std::move(last));
  return {};
}

Result<int> work(const Arguments& arguments, Language language) {
  if (!arguments.has("indicators")) {
    return refuse_usage({ErrorCode::kInvalidArgument,
                         "--indicators",
                         {"Name the indicators with --indicators FILE.",
                          "--indicators FILE でインジケータを指定してください。"}},
                        language);
  }
  std::optional<Severity> limit;
  if (arguments.has("fail-on")) {
    limit = severity_of_name(arguments.value("fail-on"));
    if (!limit) {
      return refuse_usage({ErrorCode::kInvalidArgument,
                           "--fail-on " + arguments.value("fail-on"),
                           {"Use info, low, medium, high or critical.",
                            "info、low、medium、high、critical のどれかを指定してください。"}},
                          language);
    }
  }
  MatchReport report;
  IndicatorSet indicators;
  KONSEKI_TRY(read_all_files(arguments.values("indicators"), indicators,
                             {"the file holds no indicator", "インジケータがありません"},
                             report.problems));
  ObservationSet observed;
  KONSEKI_TRY(read_all_files(arguments.positional(), observed,
                             {"the file holds no observed-data", "observed-data がありません"},
                             report.problems));
  observed.link();
  report.observations = observed.observations();
  report.indicators = indicators.indicators().size();
  report.superseded = indicators.superseded();
  report.not_applied = indicators.not_applied();
  report.problems.insert(report.problems.end(), observed.problems().begin(),
                         observed.problems().end());
  for (const Indicator& indicator : indicators.indicators()) {
    const auto match = stix::match_pattern(indicator.pattern, report.observations);
    if (!match) {
      report.not_applied.push_back({indicator.origin, indicator.id, indicator.name,
                                    match.error().detail, match.error().advice});
    } else if (*match) {
      report.sightings.push_back(make_sighting(indicator, *match, report.observations));
    }
  }
  std::stable_sort(report.sightings.begin(), report.sightings.end(),
                   [](const Sighting& a, const Sighting& b) { return a.severity > b.severity; });
  print_result(arguments.has("json") ? match_json(report) : match_text(report, language));
  const bool reached =
      limit && !report.sightings.empty() && report.sightings.front().severity >= *limit;
  if (reached) return kExitFinding;
  return report.problems.empty() && report.not_applied.empty() ? kExitComplete : kExitWithGaps;
}

}  // namespace

int run_match(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language,
                  [&](const Arguments& arguments) { return work(arguments, language); });
}

}  // namespace konseki
