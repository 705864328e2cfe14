// konseki recover: what is whole in a damaged bundle, saved into a new one.

#include "agent/bundle/recover.h"

#include <fmt/format.h>

#include "agent/base/clock.h"
#include "agent/base/quantities.h"
#include "agent/cli/bundle_file.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/key_options.h"
#include "agent/cli/output_target.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/report/visible_text.h"
#include "agent/seal/age_writer.h"
#include "agent/source/live/parted_file.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "recover",
      "BUNDLE",
      1,
      1,
      {"Saves every whole member of a cut off or damaged bundle into a new, sealed bundle.\n"
       "Exit code 1 says that something could not be saved; it is listed.",
       "途中で切れた、または壊れたバンドルから、無事なものをすべて新しいバンドルに救出します。\n"
       "救出できないものがあれば一覧し、終了コード 1 で終わります。"},
      joined_options(
          {{{"output,o", "FILE", {"the new bundle (required)", "新しいバンドル (必須)"}}},
           Unlocker::options(),
           recipient_options()}),
      {"  konseki recover HOST.tar.zst.partial -o saved.tar.zst\n",
       "  konseki recover HOST.tar.zst.partial -o saved.tar.zst\n"}};
  return kUsage;
}

void show(const RecoverReport& report, Language language) {
  const bool japanese = language == Language::kJapanese;
  print_result(
      fmt::format(fmt::runtime(japanese ? "救出: {} メンバー ({})\n" : "Saved: {} members ({})\n"),
                  report.members, size_text(report.content_bytes)));
  if (!report.had_manifest) {
    print_result(japanese
                     ? "元のマニフェストがないため、内容の照合はできません。\n"
                     : "The old manifest is gone, so contents could not be compared with it.\n");
  }
  for (const LostMember& lost : report.lost) {
    print_result(fmt::format("{}: {}: {}\n", japanese ? "救出不可" : "Lost",
                             visible_text(lost.name), lost.why.in(language)));
  }
}

}  // namespace

int run_recover(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    const std::string path = arguments.positional().front();
    if (!arguments.has("output")) {
      return fail(
          ErrorCode::kInvalidArgument, "-o",
          {"Name the new bundle with -o FILE.", "-o FILE で新しいバンドルを指定してください。"});
    }
    const auto unlocker = Unlocker::create(arguments, language);
    if (!unlocker) return refuse_usage(unlocker.error(), language);
    const auto targets = read_recipients(arguments);
    if (!targets) return refuse_usage(targets.error(), language);
    KONSEKI_ASSIGN(auto file, open_parted_file(path));
    auto damaged = unlocker->salvage(std::move(file));
    if (!damaged) {
      damaged.error().detail = path + ": " + damaged.error().detail;
      return fail(damaged.error());
    }
    KONSEKI_ASSIGN(OutputTarget out, OutputTarget::open(arguments.value("output")));
    std::unique_ptr<AgeWriter> encrypted;
    if (!targets->empty()) {
      KONSEKI_ASSIGN(encrypted, AgeWriter::create(out.stream(), *targets));
    }
    RecoverOptions options;
    options.writer.time = system_now();
    options.original = base_name(path);
    OutputStream& stream = encrypted ? *encrypted : out.stream();
    auto report = recover_bundle(std::move(damaged->file), stream, options);
    if (!report) {
      report.error().detail = path + ": " + report.error().detail;
      return fail(report.error());
    }
    if (encrypted) KONSEKI_TRY(encrypted->finish());
    KONSEKI_TRY(out.commit());
    show(*report, language);
    if (damaged->damage && !encrypted) {
      print_message(
          language == Language::kJapanese
              ? "注意: 新しいバンドルは暗号化されていません (--recipient で暗号化できます)。"
              : "Note: the new bundle is not encrypted (--recipient does that).");
    }
    return report->lost.empty() && report->had_manifest ? kExitComplete : kExitWithGaps;
  });
}

}  // namespace konseki
