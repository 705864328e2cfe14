// konseki verify: every byte of a bundle, read again.

#include "agent/bundle/verify.h"

#include <fmt/format.h>

#include "agent/base/digest.h"
#include "agent/base/output_file.h"
#include "agent/base/quantities.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/terminal_observer.h"
#include "agent/cli/verbs.h"
#include "agent/report/summary.h"
#include "agent/report/visible_text.h"
#include "agent/source/live/parted_file.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "verify",
      "BUNDLE…",
      1,
      10'000,
      {"Reads every byte of each bundle again and names whatever is not as it was sealed.\n"
       "Compare the digest shown with the one that was copied by hand at the collection.",
       "バンドルの全バイトを読み直し、封印時と異なる箇所を示します。\n"
       "表示されるダイジェストを、収集時に書き写したものと照合してください。"},
      {{"quiet,q", "", {"no progress", "進捗を表示しない"}}},
      {"  konseki verify out/*.tar.zst\n", "  konseki verify out/*.tar.zst\n"}};
  return kUsage;
}

std::string report_text(const std::string& path, const VerifyReport& report, Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string out = visible_text(path) + ": ";
  if (report.sound()) {
    out += fmt::format(fmt::runtime(japanese ? "異常なし ({} メンバー、{}、{} 行)\n"
                                             : "sound ({} members, {}, {} rows)\n"),
                       report.members, size_text(report.content_bytes), report.rows);
  } else {
    out += fmt::format(fmt::runtime(japanese ? "異常 {} 件\n" : "{} problems\n"),
                       report.problem_count);
  }
  for (const BundleProblem& problem : report.problems) {
    out +=
        "  " + visible_text(problem.member) + ": " + visible_text(problem.text.in(language)) + "\n";
  }
  if (report.problem_count > report.problems.size()) {
    out += fmt::format(fmt::runtime(japanese ? "  ほか {} 件\n" : "  and {} more\n"),
                       report.problem_count - report.problems.size());
  }
  for (const Bilingual& note : report.notes) {
    out += (japanese ? "  注: " : "  Note: ") + visible_text(note.in(language)) + "\n";
  }
  if (report.manifest) {
    out += japanese ? "  マニフェストの SHA-256:\n" : "  SHA-256 of the manifest:\n";
    for (const std::string& line : digest_lines(*report.manifest)) out += "    " + line + "\n";
  }
  return out;
}

}  // namespace

int run_verify(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    TerminalObserver observer(language, standard_error_is_terminal(), arguments.has("quiet"));
    bool sound = true;
    for (const std::string& path : arguments.positional()) {
      KONSEKI_ASSIGN(auto file, open_parted_file(path));
      const auto progress = [&](std::uint64_t done, std::uint64_t total) {
        observer.progressed({{"Verifying", "検証中"}, 0, 0, done, total, path});
      };
      auto report = verify_bundle(std::move(file), progress);
      if (!report) {
        report.error().detail = path + ": " + report.error().detail;
        return fail(report.error());
      }
      observer.clear();
      print_result(report_text(path, *report, language));
      sound = sound && report->sound();
    }
    return sound ? kExitComplete : kExitBundleUnsafe;
  });
}

}  // namespace konseki
