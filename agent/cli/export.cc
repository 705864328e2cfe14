// konseki export: a bundle as plain tar, zip or folder.

#include "agent/bundle/export.h"

#include <fmt/format.h>

#include "agent/base/quantities.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
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
      {"Unpacks a bundle into a form that other tools read without help.",
       "ほかのツールでそのまま読める形にバンドルを展開します。"},
      joined_options({{{"output,o",
                        "FILE|DIR",
                        {"new file or folder (required)", "新しいファイルまたはフォルダー (必須)"}},
                       {"format",
                        "NAME",
                        {"tar (dissect, plaso), zip (dissect on Windows evidence) or dir;\n"
                         "default: by the name's ending, else dir",
                         "tar (dissect・plaso)、zip (Windows の証拠を dissect で読む場合)、dir\n"
                         "既定: 拡張子から、なければ dir"}}},
                      Unlocker::options()}),
      {"  konseki export HOST.tar.zst -o HOST.tar && target-query HOST.tar -f users\n"
       "  konseki export HOST.tar.zst -o HOST-files/\n",
       "  konseki export HOST.tar.zst -o HOST.tar && target-query HOST.tar -f users\n"
       "  konseki export HOST.tar.zst -o HOST-files/\n"}};
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
    if (format != "tar" && format != "zip" && format != "dir") {
      return refuse_usage({ErrorCode::kInvalidArgument,
                           "--format " + format,
                           {"Use tar, zip or dir.", "tar、zip、dir のどれかを指定してください。"}},
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
