// konseki: collects the traces of an intrusion into one verifiable bundle.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>

#include "agent/base/process.h"
#include "agent/base/standard_streams.h"
#include "agent/base/system_words.h"
#include "agent/base/terminal.h"
#include "agent/cli/arguments.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/kit.h"
#include "agent/cli/kit_folder.h"
#include "agent/cli/verbs.h"

namespace konseki {
namespace {

struct Verb {
  std::string_view name;
  int (*run)(const std::vector<std::string>& words, Language language);
  Bilingual summary;
};

const std::array<Verb, 14>& verbs() {
  static const std::array<Verb, 14> kVerbs{{
      {"collect",
       run_collect,
       {"collect evidence from this host, a folder, a disk image or a bundle",
        "このホスト・フォルダー・ディスクイメージ・バンドルから証拠を収集"}},
      {"verify",
       run_verify,
       {"re-read every byte of a bundle and name any change",
        "バンドルの全バイトを読み直し、改変箇所を示す"}},
      {"info",
       run_info,
       {"show what a bundle holds and what is missing", "バンドルの内容と不足を表示"}},
      {"report",
       run_report,
       {"write an HTML report of one or more bundles", "バンドルから HTML 報告書を作成"}},
      {"timeline",
       run_timeline,
       {"write a timeline: Timesketch JSONL, CSV or bodyfile",
        "タイムラインを出力 (Timesketch JSONL・CSV・bodyfile)"}},
      {"export",
       run_export,
       {"unpack a bundle as plain tar, zip or folder", "バンドルを tar・zip・フォルダーに展開"}},
      {"recover",
       run_recover,
       {"save what is whole in a damaged bundle", "壊れたバンドルから無事な部分を救出"}},
      {"custody",
       run_custody,
       {"keep the record of who had a bundle", "バンドルの管理記録 (受け渡し・開封・解析)"}},
      {"key", run_key, {"make keys for encryption and signing", "暗号化・署名用の鍵を作成"}},
      {"match",
       run_match,
       {"look for indicators and rules in bundles or observed data",
        "バンドルや観測データをインジケータ・ルールと照合"}},
      {"indicators",
       run_indicators,
       {"compile feeds of indicators into one file", "インジケータのフィードを 1 ファイルに変換"}},
      {"diff",
       run_diff,
       {"compare a web root with what was shipped or was there before",
        "Web ルートを配布物・以前の状態と比較"}},
      {"kit",
       run_kit,
       {"make, check and run a rescue kit on a USB stick",
        "USB メモリーの救助キットを作成・検査・実行"}},
      {"list",
       run_list,
       {"list artifacts, profiles, collectors, rules, indicators; check them",
        "アーティファクト・プロファイル・収集器・ルール・インジケータの一覧と検査"}},
  }};
  return kVerbs;
}

std::string overview(Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string out = fmt::format(
      "konseki {} — {}\n\n{}\n\n", KONSEKI_VERSION,
      japanese ? "端末の痕跡を一度に収集するトリアージツール" : "portable endpoint forensic triage",
      japanese ? "使い方: konseki 動詞 [引数]     詳細: konseki 動詞 --help"
               : "Usage: konseki VERB [arguments]     More: konseki VERB --help");
  for (const Verb& verb : verbs()) {
    out += fmt::format("  {:<10}{}\n", verb.name, verb.summary.in(language));
  }
  out += fmt::format("\n{}: {}konseki collect -o {}\n",
                     japanese ? "最初の一歩 (管理者権限で)" : "First step (with full rights)",
                     kWithFullRights, kStick);
  return out;
}

// Started by double-click where there is no kit: what was said must be seen. A terminal of Linux
// stays, so nobody waits there.
void hold_window(Language language) {
  if (kRunningSystem != OperatingSystem::kWindows || !standard_input_is_terminal() ||
      !window_ends_with_program()) {
    return;
  }
  print_result(
      language == Language::kJapanese
          ? "\nこのプログラムの隣にキットがありません (kit.json)。何かキーを押すと終了します: "
          : "\nNo kit lies beside this program (kit.json). Press any key to close: ");
  wait_for_key();
}

int run(std::vector<std::string> words) {
  const Language language = choose_language(words);
  if (words.empty() && kit_beside_program()) return run_kit_run({}, language);
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_result(overview(language));
    if (!words.empty()) return kExitComplete;
    hold_window(language);
    return kExitUsage;
  }
  if (words[0] == "--version") {
    print_result(fmt::format("konseki {}\n", KONSEKI_VERSION));
    return kExitComplete;
  }
  const auto verb = std::find_if(verbs().begin(), verbs().end(),
                                 [&](const Verb& each) { return each.name == words[0]; });
  if (verb == verbs().end()) {
    print_error({ErrorCode::kInvalidArgument,
                 words[0],
                 {"Run konseki --help for the list of verbs.",
                  "動詞の一覧は konseki --help で確認できます。"}},
                language);
    return kExitUsage;
  }
  words.erase(words.begin());
  return verb->run(words, language);
}

}  // namespace
}  // namespace konseki

int main(int argc, char** argv) {
#ifdef SIGPIPE
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write, with a message of its own
#endif
  try {
    konseki::prepare_standard_streams();
    return konseki::run(konseki::program_arguments(argc, argv));
  } catch (const std::exception& error) {
    konseki::print_message(fmt::format("konseki: internal error: {}", error.what()));
    return konseki::kExitNotStarted;
  }
}
