// konseki info: what a bundle holds, and what is missing.

#include "agent/cli/arguments.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/report/info_text.h"
#include "collectors/collector_list.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "info",
      "BUNDLE",
      1,
      1,
      {"Shows host, case, period covered, counts, gaps and the digest of the manifest.",
       "ホスト、案件、対象期間、件数、不足、マニフェストのダイジェストを表示します。"},
      joined_options({{{"json", "", {"as one JSON object", "JSON で出力"}}}, Unlocker::options()}),
      {"  konseki info out/HOST_20260815T022525Z_1a2b3c4d.tar.zst\n",
       "  konseki info out/HOST_20260815T022525Z_1a2b3c4d.tar.zst\n"}};
  return kUsage;
}

Result<void> show(const Arguments& arguments, const Unlocker& unlocker, Language language) {
  KONSEKI_ASSIGN(auto bundle, open_bundle_file(arguments.positional().front(), unlocker));
  KONSEKI_ASSIGN(const BundleSummary summary, summarise(*bundle, all_record_schemas()));
  KONSEKI_ASSIGN(OutputTarget out, OutputTarget::open("-"));
  const Output write = [&](std::string_view text) { return out.write(text); };
  if (arguments.has("json")) return write_info_json(summary, write);
  return write_info_text(summary, language, InfoForm::kFull, write);
}

}  // namespace

int run_info(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    const auto unlocker = Unlocker::create(arguments, language);
    if (!unlocker) return refuse_usage(unlocker.error(), language);
    KONSEKI_TRY(show(arguments, *unlocker, language));
    return kExitComplete;
  });
}

}  // namespace konseki
