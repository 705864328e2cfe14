// konseki verify: every byte of a bundle, read again.

#include "agent/bundle/verify.h"

#include <fmt/format.h>

#include "agent/base/digest.h"
#include "agent/base/output_file.h"
#include "agent/base/quantities.h"
#include "agent/cli/console.h"
#include "agent/cli/custody_file.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/key_options.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/terminal_observer.h"
#include "agent/cli/verbs.h"
#include "agent/report/custody_text.h"
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
      joined_options(
          {{{"public-key",
             "KEY",
             {"the bundle must be signed by this minisign public key:\nthe line RW…, or a "
              "file that holds it",
              "この minisign 公開鍵で署名されていること:\nRW… の行、またはファイル"}},
            {"quiet,q", "", {"no progress", "進捗を表示しない"}}},
           Unlocker::options()}),
      {"  konseki verify out/*.tar.zst\n", "  konseki verify out/*.tar.zst\n"}};
  return kUsage;
}

// Who signed, and whether that was compared with anything but the bundle itself.
std::string signature_text(const VerifyReport& report, bool key_given, Language language) {
  if (!report.signed_by) return {};
  const bool japanese = language == Language::kJapanese;
  std::string out = japanese ? "  署名: 正しい。鍵 " : "  Signature: right, by the key ";
  out += report.signed_by->text() + "\n    " + visible_text(report.trusted_comment) + "\n";
  if (!key_given) {
    out += japanese
               ? "    この鍵はバンドル自身に書かれたものです。収集時に書き写した公開鍵と照合して"
                 "ください (--public-key)。\n"
               : "    That key is named by the bundle itself: compare it with the one that was "
                 "copied at the collection (--public-key).\n";
  }
  return out;
}

std::string report_text(const std::string& path, const VerifyReport& report, bool key_given,
                        Language language) {
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
  return out + signature_text(report, key_given, language);
}

// One bundle and its custody log; true when both are sound.
Result<bool> verify_one(const std::string& path, const Unlocker& unlocker,
                        const std::optional<VerifyingKey>& key, TerminalObserver& observer,
                        Language language) {
  const auto named = [&](Error error) {
    error.detail = path + ": " + error.detail;
    return fail(std::move(error));
  };
  KONSEKI_ASSIGN(auto file, open_parted_file(path));
  auto opened = unlocker.salvage(std::move(file));
  if (!opened) return named(opened.error());
  VerifyOptions options;
  options.expected_key = key;
  options.encryption = opened->damage;
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    observer.progressed({{"Verifying", "検証中"}, 0, 0, done, total, path});
  };
  auto report = verify_bundle(std::move(opened->file), options);
  if (!report) return named(report.error());
  observer.clear();
  print_result(report_text(path, *report, key.has_value(), language));
  KONSEKI_ASSIGN(const auto custody, read_custody_text(path));
  if (!custody) return report->sound();
  CustodyLog log = read_custody_log(*custody);
  KONSEKI_ASSIGN(auto again, open_parted_file(path));
  KONSEKI_ASSIGN(const std::string digest, file_sha256(*again));
  compare_with_bundle(log, digest);
  print_result(custody_text(custody_path(path), log, language));
  return report->sound() && log.sound();
}

}  // namespace

int run_verify(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    const auto unlocker = Unlocker::create(arguments, language);
    if (!unlocker) return refuse_usage(unlocker.error(), language);
    std::optional<VerifyingKey> key;
    if (arguments.has("public-key")) {
      auto read = read_verifying_key(arguments.value("public-key"));
      if (!read) return refuse_usage(read.error(), language);
      key = *read;
    }
    TerminalObserver observer(language, standard_error_is_terminal(), arguments.has("quiet"));
    bool sound = true;
    for (const std::string& path : arguments.positional()) {
      auto one = verify_one(path, *unlocker, key, observer, language);
      if (!one) {
        // A header that was tampered with is a finding about the bundle, not about this machine.
        if (one.error().code != ErrorCode::kCorrupt) return fail(one.error());
        print_error(one.error(), language);
      }
      sound = sound && one.value_or(false);
    }
    return sound ? kExitComplete : kExitBundleUnsafe;
  });
}

}  // namespace konseki
