// konseki kit run: what the program in a kit does when it is started without arguments.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/base/output_directory.h"
#include "agent/base/terminal.h"
#include "agent/base/unicode.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/kit.h"
#include "agent/cli/kit_folder.h"
#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"
#include "agent/kit/kit_page_text.h"
#include "agent/report/visible_text.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/output_placement.h"
#include "agent/source/open_source.h"
#include "konseki/artifact.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "kit run",
      "[DIR]",
      0,
      1,
      {"Does the job of the rescue kit in DIR (default: the one that this program lies in): "
       "checks\n"
       "it, says what will be collected, asks once, and collects this host.",
       "DIR の救助キット (省略時はこのプログラムが入っているもの) を実行します。キットを検査し、\n"
       "何を収集するかを示して 1 回だけ確認し、このホストを収集します。"},
      {{"yes", "", {"do not ask", "確認せずに実行"}},
       {"allow-output-on-source",
        "",
        {"write to a volume under examination (recorded)",
         "調査対象のボリュームへの書き込みを許可 (記録されます)"}},
       {"quiet,q", "", {"no progress", "進捗を表示しない"}}},
      {}};
  return kUsage;
}

// One line typed at stdin, without what surrounds it. Empty at the end of the input.
// Full-width letters are what an input method left on gives.
bool is_yes(std::string_view answer) {
  static constexpr std::array<std::string_view, 5> kYes{"y", "yes", "はい", "ｙ", "ｙｅｓ"};
  const std::string folded = fold_case(answer);
  return std::find(kYes.begin(), kYes.end(), folded) != kYes.end();
}

// What is known of the host and of the settings before anything is collected.
struct Outlook {
  std::string hostname;
  bool privileged = false;
  OutputPlacement placement;
  Bilingual profile;
};

Result<Outlook> look_ahead(const KitConfig& config, const std::string& output) {
  Outlook outlook;
  KONSEKI_ASSIGN(const auto source, open_source("", {}));
  outlook.hostname = build_knowledge_base(*source).host.hostname;
  if (LiveHost* live = source->live()) outlook.privileged = live->privileged();
  KONSEKI_ASSIGN(outlook.placement, check_output_placement(output, ""));
  const ProfileSet profiles = embedded_profiles(embedded_definitions());
  if (const Profile* profile = profiles.find(config.profile)) {
    outlook.profile = profile->description;
  }
  return outlook;
}

class KitRun {
 public:
  KitRun(const Arguments& arguments, std::string folder, Language language)
      : folder_(std::move(folder)),
        language_(language),
        language_given_(arguments.has("lang")),
        ask_(!arguments.has("yes")),
        on_source_(arguments.has("allow-output-on-source")),
        quiet_(arguments.has("quiet")) {}

  Result<int> run() {
    if (ask_ && !standard_input_is_terminal()) {
      return refuse_usage(
          {ErrorCode::kInvalidArgument,
           "stdin",
           {"The kit asks before it collects, and there is no terminal to ask at. "
            "Run it in a terminal, or: konseki kit run --yes",
            "収集の前に確認しますが、端末がないため質問できません。端末から実行するか、"
            "konseki kit run --yes を使ってください。"}},
          language_);
    }
    const auto code = prepared();
    if (!code) print_error(code.error(), language_);
    // On a desktop the window goes away with the program.
    if (ask_) wait_for_enter();
    return code.value_or(kExitNotStarted);
  }

 private:
  bool japanese() const { return language_ == Language::kJapanese; }
  const char* in(const char* en, const char* ja) const { return japanese() ? ja : en; }

  Result<int> prepared() {
    KONSEKI_ASSIGN(const KitCheck check, check_kit_folder(folder_, std::nullopt));
    if (check.config && check.config->language && !language_given_) {
      language_ = *check.config->language;
    }
    if (!check.sound()) {
      print_message(kit_problems_text(check, language_));
      print_message(in("Nothing was collected. Call the one who gave you this stick.",
                       "何も収集していません。この USB メモリーを渡した人に連絡してください。"));
      return kExitBundleUnsafe;
    }
    const KitConfig& config = *check.config;
    const std::string output = folder_ + "/" + config.output;
    KONSEKI_ASSIGN(const Outlook outlook, look_ahead(config, output));
    show(config, output, outlook);
    if (!outlook.placement.allowed && !on_source_) {
      Bilingual advice = outlook.placement.reason;
      advice.en += " Start the kit from the stick.";
      advice.ja += " USB メモリー上のキットから起動してください。";
      return fail(ErrorCode::kInvalidArgument, output, std::move(advice));
    }
    if (ask_ && !confirmed()) {
      print_message(in("Nothing was collected.", "何も収集していません。"));
      return kExitNotStarted;
    }
    const auto facts = local_file_facts(output);
    if (!facts || facts->kind != LocalFileKind::kDirectory) {
      KONSEKI_TRY(OutputDirectory::create(output));
    }
    std::vector<std::string> words = config.collect_words(folder_);
    words.push_back(std::string("--lang=") + in("en", "ja"));
    if (on_source_) words.emplace_back("--allow-output-on-source");
    if (quiet_) words.emplace_back("--quiet");
    const int code = run_collect(words, language_);
    if (code == kExitComplete || code == kExitWithGaps) show_end(config);
    return code;
  }

  void row(const Bilingual& label, const std::string& value) const {
    print_message("  " + padded_to(label.in(language_), 16) + visible_text(value));
  }

  void show(const KitConfig& config, const std::string& output, const Outlook& outlook) const {
    print_message(in("Konseki rescue kit: this will be done",
                     "Konseki 救助キット: これから次のことを行います"));
    row({"Host", "このホスト"}, outlook.hostname);
    row({"Collect", "収集内容"}, config.profile + ": " + outlook.profile.in(language_));
    row({"Save to", "保存先"}, output);
    if (config.recipients.empty()) {
      row({"Encryption", "暗号化"},
          in("none: whoever has the stick can read it", "なし (この媒体を持つ人は誰でも読めます)"));
    }
    for (const std::string& key : config.recipients) {
      row({"Encrypted for", "暗号化のあて先"}, key);
    }
    for (const auto& [name, label] : kShownFields) {
      if (const auto found = config.case_fields.find(std::string(name));
          found != config.case_fields.end()) {
        row(label, found->second);
      }
    }
    if (const auto time = config.max_time()) {
      row({"At most", "所要時間の上限"},
          fmt::format(fmt::runtime(in("{} minutes", "{} 分")), (time->count() + 59) / 60));
    }
    print_message(in("Nothing is written to this host; everything goes to the place above.",
                     "このホストには書き込まず、すべて上の保存先に記録します。"));
    if (outlook.privileged) return;
    print_message(fmt::format(
        fmt::runtime(
            in("\nNot running with full rights: much will be out of reach. Better answer N "
               "and start it as administrator:\n  sudo '{}'",
               "\n管理者権限がないため、読み取れないものが多くなります。N と答え、管理者として"
               "起動し直すことをお勧めします:\n  sudo '{}'")),
        visible_text(own_executable_path().value_or("konseki"))));
  }

  bool confirmed() const {
    drop_typed_input();
    write_standard(StandardStream::kError,
                   in("\nBegin? Type y and press Enter [y/N]: ",
                      "\n収集を始めますか? y または「はい」と入力して Enter [y/N]: "));
    return is_yes(typed_line());
  }

  void show_end(const KitConfig& config) const {
    print_message(fmt::format(
        fmt::runtime(
            in("\nDone. Copy the SHA-256 and the public key above by hand, eject the stick "
               "and hand it over.\nWho to call: {}",
               "\n完了しました。上の SHA-256 と公開鍵を書き写し、USB メモリーを取り出して"
               "渡してください。\n連絡先: {}")),
        visible_text(kit_contact(config).in(language_))));
  }

  void wait_for_enter() const {
    drop_typed_input();
    write_standard(StandardStream::kError,
                   in("\nPress Enter to close: ", "\nEnter キーで終了します: "));
    typed_line();
  }

  static constexpr int kLabels = 3;
  inline static const std::array<std::pair<std::string_view, Bilingual>, kLabels> kShownFields{
      {{"case_id", {"Case", "案件番号"}},
       {"operator", {"Operator", "担当者"}},
       {"contact", {"Who to call", "連絡先"}}}};

  const std::string folder_;
  Language language_;
  const bool language_given_;
  const bool ask_;
  const bool on_source_;
  const bool quiet_;
};

}  // namespace

int run_kit_run(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    std::string folder;
    if (!arguments.positional().empty()) {
      folder = arguments.positional().front();
      while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
    } else if (const auto beside = kit_beside_program()) {
      folder = *beside;
    } else {
      return refuse_usage({ErrorCode::kInvalidArgument,
                           "DIR",
                           {"This program lies in no kit: name the folder of one.",
                            "このプログラムはキットの中にありません。キットのフォルダーを指定して"
                            "ください。"}},
                          language);
    }
    return KitRun(arguments, folder, language).run();
  });
}

}  // namespace konseki
