// konseki indicators: feeds into one compiled file.

#include <fmt/format.h>

#include "agent/base/output_file.h"
#include "agent/base/system_words.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/indicator_files.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/match/indicators/index.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

std::string examples() {
  return fmt::format(
      "  konseki indicators compile feeds/ blocklist.txt -o team.kix\n"
      "  {}konseki collect --indicators team.kix -o {}\n",
      kWithFullRights, kStick);
}

const Usage& usage() {
  static const Usage kUsage{
      "indicators",
      "compile FEED…",
      2,
      10'000,
      {"Makes one file of all indicators of any number of feeds (files or folders). It opens at\n"
       "once, is checked, and holds no text that a virus scanner would object to. Give it to\n"
       "--indicators. Exit code 1 when something of a feed could not be used.",
       "任意の数のフィード (ファイルまたはフォルダー) のインジケータを 1 ファイルに変換します。\n"
       "すぐに開け、破損を検査でき、ウイルス対策ソフトが反応する文字列を含みません。\n"
       "--indicators に指定して使います。使えない部分があれば終了コード 1 です。"},
      {{"output,o", "FILE", {"the compiled file (required)", "変換後のファイル (必須)"}}},
      {examples(), examples()}};
  return kUsage;
}

std::string summary_text(const IndexSummary& summary, std::size_t size, Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string types;
  for (const auto& [type, count] : summary.atoms) {
    types += fmt::format("{}{} {}", types.empty() ? "" : ", ", atom_type_name(type), count);
  }
  if (summary.patterns > 0) types += fmt::format(", stix-pattern {}", summary.patterns);
  if (summary.rules > 0) types += fmt::format(", yara {}", summary.rules);
  return fmt::format(
      fmt::runtime(japanese
                       ? "インジケータ {} 件 ({})\n旧版のため除外 {} 件、適用できないもの {} 件、"
                         "{:.1f} MiB\n"
                       : "Indicators: {} ({})\nOlder versions left out: {}, not applicable: {}, "
                         "{:.1f} MiB\n"),
      summary.indicators, types.empty() ? "-" : types, summary.superseded, summary.refused,
      static_cast<double>(size) / 1048576);
}

Result<int> work(const Arguments& arguments, Language language) {
  const auto& words = arguments.positional();
  if (words.front() != "compile") {
    return refuse_usage({ErrorCode::kInvalidArgument,
                         words.front(),
                         {"Use: konseki indicators compile FEED… -o FILE",
                          "konseki indicators compile FEED… -o FILE の形で指定してください。"}},
                        language);
  }
  if (!arguments.has("output")) {
    return refuse_usage({ErrorCode::kInvalidArgument,
                         "--output",
                         {"Name the compiled file with -o FILE.",
                          "-o FILE で変換後のファイルを指定してください。"}},
                        language);
  }
  IndicatorIndexBuilder builder;
  KONSEKI_ASSIGN(const auto reports, read_feeds_into({words.begin() + 1, words.end()}, builder));
  bool gaps = false;
  for (const FeedReport& report : reports) {
    if (!report.error) continue;
    gaps = true;
    print_message(fmt::format("{}: {}", visible_text(report.file),
                              visible_text(report.error->describe(language))));
  }
  KONSEKI_ASSIGN(const auto bytes, builder.finish());
  // What was written is read back before it is believed.
  KONSEKI_ASSIGN(const auto index, IndicatorIndex::from_bytes(bytes, arguments.value("output")));
  if (index->summary().indicators == 0) {
    return fail(ErrorCode::kInvalidArgument, words[1],
                {"No feed holds an indicator that can be used. See konseki list indicators.",
                 "使えるインジケータがありません。konseki list indicators で確認できます。"});
  }
  KONSEKI_ASSIGN(const auto file, OutputFile::create(arguments.value("output")));
  KONSEKI_TRY(file->write(bytes));
  KONSEKI_TRY(file->commit());
  print_result(summary_text(index->summary(), bytes.size(), language));
  return gaps || index->summary().refused > 0 ? kExitWithGaps : kExitComplete;
}

}  // namespace

int run_indicators(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language,
                  [&](const Arguments& arguments) { return work(arguments, language); });
}

}  // namespace konseki
