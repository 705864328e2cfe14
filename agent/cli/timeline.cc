// konseki timeline: every time of a bundle, in order.

#include "agent/report/timeline.h"

#include "agent/base/quantities.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/report/bodyfile.h"
#include "collectors/collector_list.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "timeline",
      "BUNDLE",
      1,
      1,
      {"Writes every time of every record and file, in order.",
       "すべての記録とファイルの時刻を順に出力します。"},
      joined_options(
          {{{"output,o", "FILE", {"new file (default: stdout)", "新しいファイル (既定: 標準出力)"}},
            {"format",
             "NAME",
             {"jsonl (Timesketch), csv (Timesketch), excel (CSV for spreadsheets)\n"
              "or bodyfile (mactime); default: by the file's ending, else jsonl",
              "jsonl (Timesketch)、csv (Timesketch)、excel (表計算向け CSV)、\n"
              "bodyfile (mactime)。既定: 拡張子から、なければ jsonl"}},
            {"unsorted",
             "",
             {"in the order of the bundle, in one pass: fastest, for tools\nthat sort by "
              "themselves",
              "時刻順に並べ替えずに出力 (最速。取り込み側で並べ替える場合)"}},
            {"max-memory",
             "SIZE",
             {"for sorting; what does not fit costs further passes\n(default 512M)",
              "並べ替えに使うメモリー。足りなければ読み直します (既定 512M)"}}},
           Unlocker::options()}),
      {"  konseki timeline HOST.tar.zst -o HOST.jsonl\n"
       "  konseki timeline HOST.tar.zst --format bodyfile | mactime -b - -d\n",
       "  konseki timeline HOST.tar.zst -o HOST.jsonl\n"
       "  konseki timeline HOST.tar.zst --format excel -o HOST.csv\n"}};
  return kUsage;
}

std::string format_of(const Arguments& arguments) {
  if (arguments.has("format")) return arguments.value("format");
  const std::string path = arguments.value("output");
  if (path.ends_with(".csv")) return "csv";
  if (path.ends_with(".body") || path.ends_with(".bodyfile")) return "bodyfile";
  return "jsonl";
}

Result<int> work(const Arguments& arguments, Language language) {
  const std::string format = format_of(arguments);
  TimelineOptions options;
  if (format == "csv") {
    options.format = TimelineFormat::kCsv;
  } else if (format == "excel") {
    options.format = TimelineFormat::kSpreadsheetCsv;
  } else if (format != "jsonl" && format != "bodyfile") {
    return refuse_usage({ErrorCode::kInvalidArgument,
                         "--format " + format,
                         {"Use jsonl, csv, excel or bodyfile.",
                          "jsonl、csv、excel、bodyfile のどれかを指定してください。"}},
                        language);
  }
  options.sorted = !arguments.has("unsorted");
  if (arguments.has("max-memory")) {
    const auto bytes = parse_size(arguments.value("max-memory"));
    if (!bytes || *bytes == 0) {
      return refuse_usage(
          {ErrorCode::kInvalidArgument,
           "--max-memory " + arguments.value("max-memory"),
           {"Write a size such as 500M or 4G.", "500M や 4G のように指定してください。"}},
          language);
    }
    options.memory_bytes = static_cast<std::size_t>(*bytes);
  }
  const auto unlocker = Unlocker::create(arguments, language);
  if (!unlocker) return refuse_usage(unlocker.error(), language);
  KONSEKI_ASSIGN(auto bundle, open_bundle_file(arguments.positional().front(), *unlocker));
  KONSEKI_ASSIGN(OutputTarget out, OutputTarget::open(arguments.value("output", "-")));
  const Output write = [&](std::string_view text) { return out.write(text); };
  const auto schemas = all_record_schemas();
  if (format == "bodyfile") {
    KONSEKI_TRY(write_bodyfile(*bundle, schemas, write));
  } else {
    KONSEKI_TRY(write_timeline(*bundle, schemas, options, write));
  }
  KONSEKI_TRY(out.commit());
  return kExitComplete;
}

}  // namespace

int run_timeline(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language,
                  [&](const Arguments& arguments) { return work(arguments, language); });
}

}  // namespace konseki
