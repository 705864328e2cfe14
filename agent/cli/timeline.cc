// konseki timeline: every time of a bundle, in order.

#include "agent/report/timeline.h"

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
      {{"output,o", "FILE", {"new file (default: stdout)", "新しいファイル (既定: 標準出力)"}},
       {"format",
        "NAME",
        {"jsonl (Timesketch), csv (Timesketch), excel (CSV for spreadsheets)\n"
         "or bodyfile (mactime); default: by the file's ending, else jsonl",
         "jsonl (Timesketch)、csv (Timesketch)、excel (表計算向け CSV)、\n"
         "bodyfile (mactime)。既定: 拡張子から、なければ jsonl"}}},
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
  KONSEKI_ASSIGN(auto bundle, open_bundle_file(arguments.positional().front()));
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
