// konseki report: one HTML page about one or more bundles.

#include "agent/cli/bundle_file.h"
#include "agent/cli/custody_file.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/report/html_report.h"
#include "collectors/collector_list.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "report",
      "BUNDLE…",
      1,
      10'000,
      {"Writes one self-contained HTML page, in Japanese and English, about the bundles.",
       "バンドルについて、日本語と英語で読める 1 つの HTML 報告書を作成します。"},
      joined_options({{{"output,o",
                        "FILE",
                        {"new file (default: stdout)", "新しいファイル (既定: 標準出力)"}}},
                      Unlocker::options()}),
      {"  konseki report out/*.tar.zst -o report.html\n",
       "  konseki report out/*.tar.zst -o report.html\n"}};
  return kUsage;
}

Result<void> write_report(std::span<const std::string> bundle_paths, const Unlocker& unlocker,
                          Language language, const Output& write) {
  std::vector<std::unique_ptr<BundleReader>> bundles;
  std::vector<ReportInput> inputs;
  for (const std::string& path : bundle_paths) {
    KONSEKI_ASSIGN(auto bundle, open_bundle_file(path, unlocker));
    inputs.push_back({bundle.get(), base_name(path), nullptr, {}});
    KONSEKI_ASSIGN(inputs.back().custody, read_custody_text(path));
    bundles.push_back(std::move(bundle));
  }
  const auto schemas = all_record_schemas();
  ReportOptions options;
  options.language = language;
  options.schemas = schemas;
  return write_html_report(inputs, options, write);
}

}  // namespace

int run_report(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    const auto unlocker = Unlocker::create(arguments, language);
    if (!unlocker) return refuse_usage(unlocker.error(), language);
    KONSEKI_ASSIGN(OutputTarget out, OutputTarget::open(arguments.value("output", "-")));
    KONSEKI_TRY(write_report(arguments.positional(), *unlocker, language,
                             [&](std::string_view text) { return out.write(text); }));
    KONSEKI_TRY(out.commit());
    return kExitComplete;
  });
}

}  // namespace konseki
