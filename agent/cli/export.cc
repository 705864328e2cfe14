// konseki export: a bundle in the forms that other tools read.

#include "agent/bundle/export.h"

#include <fmt/format.h>

#include "agent/base/quantities.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/export_findings.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "export",
      "BUNDLE",
      1,
      1,
      {"Writes a bundle in a form that other tools read without help: its files as tar, zip or\n"
       "folder; its findings as STIX 2.1 sightings, as an event of MISP, or as a block list.",
       "ほかのツールでそのまま読める形にバンドルを書き出します。ファイルは tar・zip・フォルダー、\n"
       "検出は STIX 2.1 の sighting、MISP のイベント、遮断リストとして出力できます。"},
      joined_options({{{"output,o",
                        "FILE|DIR",
                        {"new file or folder (required)", "新しいファイルまたはフォルダー (必須)"}},
                       {"format",
                        "NAME",
                        {"tar (dissect, plaso), zip (dissect on Windows evidence) or dir;\n"
                         "default: by the name's ending, else dir.\n"
                         "stix: sightings and observed data; misp: an event.\n"
                         "blocklist: one value a line; hosts: a hosts file;\n"
                         "rpz: a zone for name servers; csv: a table",
                         "tar (dissect・plaso)、zip (Windows の証拠を dissect で\n"
                         "読む場合)、dir。既定: 拡張子から、なければ dir\n"
                         "stix: sighting と observed-data、misp: イベント\n"
                         "blocklist: 1 行 1 件、hosts: hosts ファイル、\n"
                         "rpz: DNS サーバーのゾーン、csv: 表"}}},
                      findings_export_options(),
                      Unlocker::options()}),
      {"  konseki export HOST.tar.zst -o HOST.tar && target-query HOST.tar -f users\n"
       "  konseki export HOST.tar.zst -o HOST-files/\n"
       "  konseki export HOST.tar.zst --format stix --anonymous -o seen.json\n"
       "  konseki export HOST.tar.zst --format stix --indicators feed.json --not-seen -o all.json\n"
       "  konseki export HOST.tar.zst --format rpz -o block.zone\n",
       "  konseki export HOST.tar.zst -o HOST.tar && target-query HOST.tar -f users\n"
       "  konseki export HOST.tar.zst -o HOST-files/\n"
       "  konseki export HOST.tar.zst --format stix --anonymous -o seen.json\n"
       "  konseki export HOST.tar.zst --format stix --indicators feed.json --not-seen -o all.json\n"
       "  konseki export HOST.tar.zst --format rpz -o block.zone\n"}};
  return kUsage;
}

std::string format_of(const Arguments& arguments) {
  if (arguments.has("format")) return arguments.value("format");
  const std::string path = arguments.value("output");
  if (path == "-" || path.ends_with(".tar")) return "tar";
  return path.ends_with(".zip") ? "zip" : "dir";
}

Result<ExportReport> write(BundleReader& bundle, const std::string& format,
                           const std::string& path) {
  if (format == "dir") {
    KONSEKI_ASSIGN(auto folder, OutputDirectory::create(path));
    return export_directory(bundle, *folder);
  }
  KONSEKI_ASSIGN(OutputTarget out, OutputTarget::open(path));
  auto report =
      format == "zip" ? export_zip(bundle, out.stream()) : export_tar(bundle, out.stream());
  if (report) KONSEKI_TRY(out.commit());
  return report;
}

}  // namespace

int run_export(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    const std::string format = format_of(arguments);
    if (format != "tar" && format != "zip" && format != "dir" && !is_findings_format(format)) {
      return refuse_usage(
          {ErrorCode::kInvalidArgument,
           "--format " + format,
           {"Use tar, zip, dir, stix, misp, blocklist, hosts, rpz or csv.",
            "tar、zip、dir、stix、misp、blocklist、hosts、rpz、csv のどれかを指定してください。"}},
          language);
    }
    if (!arguments.has("output")) {
      return refuse_usage({ErrorCode::kInvalidArgument,
                           "-o",
                           {"Name the new file or folder with -o.",
                            "-o で新しいファイルまたはフォルダーを指定してください。"}},
                          language);
    }
    const auto unlocker = Unlocker::create(arguments, language);
    if (!unlocker) return refuse_usage(unlocker.error(), language);
    if (is_findings_format(format)) return export_findings(arguments, *unlocker, language);
    for (const OptionSpec& option : findings_export_options()) {
      const std::string name = option.name.substr(0, option.name.find(','));
      if (name == "quiet" || !arguments.has(name)) continue;
      return refuse_usage({ErrorCode::kInvalidArgument,
                           "--" + name + " --format " + format,
                           {"This is for findings only: --format stix, misp or a block list.",
                            "検出の出力 (--format stix、misp、遮断リスト) 用の指定です。"}},
                          language);
    }
    KONSEKI_ASSIGN(auto bundle, open_bundle_file(arguments.positional().front(), *unlocker));
    KONSEKI_ASSIGN(const ExportReport report, write(*bundle, format, arguments.value("output")));
    for (const ExportRemark& remark : report.remarks) {
      print_message(visible_text(remark.name) + ": " + remark.text.in(language));
    }
    print_message(
        fmt::format(fmt::runtime(language == Language::kJapanese ? "{} 個 ({}) を書き出しました"
                                                                 : "{} members ({}) written"),
                    report.members, size_text(report.content_bytes)));
    return report.remarks.empty() ? kExitComplete : kExitWithGaps;
  });
}

}  // namespace konseki
