#include "agent/kit/kit_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "agent/base/local_path.h"
#include "agent/base/parse_timestamp.h"
#include "agent/base/unicode.h"
#include "agent/kit/kit_page_text.h"
#include "agent/report/screen_text.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

// Full-width letters are what an input method left on gives.
bool is_yes(std::string_view answer) {
  static constexpr std::array<std::string_view, 5> kYes{"y", "yes", "はい", "ｙ", "ｙｅｓ"};
  const std::string folded = fold_case(answer);
  return std::find(kYes.begin(), kYes.end(), folded) != kYes.end();
}

constexpr std::size_t kLabelColumns = 18;
constexpr std::size_t kColumnsForTwo =
    60;  // narrower terminals get label and value one below the other

struct ShownField {
  std::string_view key;
  Bilingual label;
};
const std::array<ShownField, 3> kShownFields{{{"case_id", {"Case", "案件番号"}},
                                              {"operator", {"Operator", "担当者"}},
                                              {"contact", {"Who to call", "連絡先"}}}};

}  // namespace

KitSession::KitSession(KitDesk& desk, KitRunSettings settings)
    : desk_(desk), settings_(std::move(settings)) {}

const char* KitSession::in(const char* en, const char* ja) const { return japanese() ? ja : en; }

void KitSession::say(const std::string& text) { desk_.say(screen_paragraphs(text, desk_.shape())); }

void KitSession::row(const Bilingual& label, const std::string& value) {
  const std::string& name = label.in(settings_.language);
  const std::string shown = visible_text(value);
  if (desk_.shape().columns < kColumnsForTwo) {
    say("  " + name + "\n    " + shown);
  } else {
    desk_.say("  " + padded_to(name, kLabelColumns) + shown);
  }
}

KitRunResult KitSession::run() {
  if (settings_.ask && !desk_.can_ask()) {
    say(in(
        "konseki: The kit asks before it collects, and there is no terminal to ask at. Run it in "
        "a terminal, or: konseki kit run --yes",
        "konseki: 収集の前に確認しますが、端末がないため質問できません。端末から実行するか、"
        "konseki kit run --yes を使ってください。"));
    return {KitEnd::kNobody, 0};
  }
  const auto result = prepared();
  if (!result) {
    // Not broken into lines: paths are to be copied.
    desk_.say("konseki: " + visible_text(result.error().describe(settings_.language)));
    hold_window();
    return {KitEnd::kFailed, 0};
  }
  // The other window says all that there is to say.
  if (result->end != KitEnd::kElsewhere) hold_window();
  return *result;
}

Result<KitRunResult> KitSession::prepared() {
  // Seconds on a slow stick.
  say(in("Checking the kit…", "キットを検査しています…"));
  KONSEKI_ASSIGN(const KitCheck check, desk_.check(settings_.folder));
  if (check.config && check.config->language && !settings_.language_given) {
    settings_.language = *check.config->language;
  }
  if (!check.sound()) {
    desk_.say(kit_problems_text(check, settings_.language));
    say(in("Nothing was collected. Call the one who gave you this stick.",
           "何も収集していません。この USB メモリーを渡した人に連絡してください。"));
    return KitRunResult{KitEnd::kAltered, 0};
  }
  const KitConfig& config = *check.config;
  output_ = path_in(settings_.folder, config.output);
  KONSEKI_ASSIGN(const KitOutlook outlook, desk_.look_ahead(config, output_));
  const bool may_write = outlook.output_allowed || settings_.output_on_source;
  if (!outlook.privileged && may_write) {
    if (const auto other = elevated()) return *other;
  }
  show(config, outlook);
  if (!may_write) {
    Bilingual advice = outlook.output_reason;
    advice.en += " Start the kit from the stick.";
    advice.ja += " USB メモリー上のキットから起動してください。";
    return fail(ErrorCode::kInvalidArgument, output_, std::move(advice));
  }
  advise_clock(config);
  if (!outlook.privileged) advise_rights();
  if (settings_.ask && !confirmed()) {
    say(in("Nothing was collected.", "何も収集していません。"));
    return KitRunResult{KitEnd::kDeclined, 0};
  }
  KONSEKI_TRY(desk_.make_output(output_));
  return collected(config);
}

// Only where someone can answer: a fleet's tool gives the rights beforehand.
std::optional<KitRunResult> KitSession::elevated() {
  if (!settings_.ask || !settings_.elevate || desk_.system() != OperatingSystem::kWindows) {
    return std::nullopt;
  }
  say(
      in("Windows now asks whether Konseki may make changes. Answer Yes: it needs the rights of an "
         "administrator to read everything. It changes nothing.",
         "Windows の確認画面が表示されます。「はい」を押してください。すべてを読み取るには管理者"
         "権限が必要です (この PC の内容は変更しません)。"));
  std::vector<std::string> words{"kit", "run", "--no-elevation",
                                 std::string("--lang=") + in("en", "ja")};
  if (settings_.output_on_source) words.emplace_back("--allow-output-on-source");
  if (settings_.quiet) words.emplace_back("--quiet");
  words.push_back(settings_.folder);
  const ElevatedRun run = desk_.elevate(words, !desk_.window_ends_with_program());
  if (run.outcome == Elevation::kStarted) return KitRunResult{KitEnd::kElsewhere, run.exit_code};
  refused_rights_ = run.outcome == Elevation::kRefused;
  return std::nullopt;
}

void KitSession::show(const KitConfig& config, const KitOutlook& outlook) {
  say(in("Konseki rescue kit: this will be done",
         "Konseki 救助キット: これから次のことを行います"));
  row({"Host", "このホスト"}, outlook.hostname);
  row({"Collect", "収集内容"}, config.profile + ": " + outlook.profile.in(settings_.language));
  if (config.indicators > 0 || config.rules > 0) {
    row({"Look for", "照合"},
        fmt::format(fmt::runtime(in("{} indicators, {} YARA rules, and the built-in checks",
                                    "インジケータ {} 件、YARA ルール {} 件、組み込みの検査")),
                    config.indicators, config.rules));
  }
  row({"Save to", "保存先"}, output_);
  if (config.recipients.empty()) {
    row({"Encryption", "暗号化"},
        in("none: whoever has the stick can read it", "なし (この媒体を持つ人は誰でも読めます)"));
  }
  for (const std::string& key : config.recipients) row({"Encrypted for", "暗号化のあて先"}, key);
  for (const ShownField& field : kShownFields) {
    const auto found = config.case_fields.find(std::string(field.key));
    if (found != config.case_fields.end()) row(field.label, found->second);
  }
  if (const auto time = config.max_time()) {
    row({"At most", "所要時間の上限"},
        fmt::format(fmt::runtime(in("{} minutes", "{} 分")), (time->count() + 59) / 60));
  }
  say(in("Nothing is written to this host; everything goes to the place above.",
         "このホストには書き込まず、すべて上の保存先に記録します。"));
}

// Nobody is there before the kit is. A day is left for zones that were set wrong.
void KitSession::advise_clock(const KitConfig& config) {
  constexpr std::int64_t kDay = 24 * 60 * 60;
  const auto made = parse_timestamp(config.created);
  const Timestamp now = desk_.now();
  if (!made || now.seconds + kDay >= made->seconds) return;
  say(fmt::format(
      fmt::runtime(
          in("\nThe clock of this host is wrong: it shows {}, and this kit was made later, {}. "
             "Write down the time by your own watch. The times of the evidence are off by as "
             "much; do not set the clock.",
             "\nこの PC の時計は正しくありません: {} を示していますが、このキットの作成は "
             "それより後の {} です。自分の時計の時刻を控えてください。証拠の日時も同じだけ"
             "ずれています。時計は直さないでください。")),
      now.iso8601().substr(0, 19) + " UTC", made->iso8601().substr(0, 19) + " UTC"));
}

void KitSession::advise_rights() {
  if (refused_rights_) {
    say(in(
        "\nThe rights of an administrator were refused. It goes on with what can be read without "
        "them; much will be out of reach, and the evidence says so.",
        "\n管理者権限が許可されませんでした。権限なしで読み取れるものだけを収集します。"
        "読み取れないものが多くなりますが、その旨は記録されます。"));
    return;
  }
  say(in("\nNot running with full rights: much will be out of reach.",
         "\n管理者権限がないため、読み取れないものが多くなります。"));
  if (desk_.system() == OperatingSystem::kWindows) {
    say(in("Better answer N, right-click the program and choose \"Run as administrator\".",
           "N と答え、プログラムを右クリックして「管理者として実行」を選ぶことをお勧めします。"));
    return;
  }
  say(in("Better answer N and start it as administrator:",
         "N と答え、管理者として起動し直すことをお勧めします:"));
  desk_.say("  sudo '" + visible_text(desk_.program()) + "'");
}

bool KitSession::confirmed() {
  return is_yes(desk_.ask(
      screen_paragraphs(in("\nBegin? Type y and press Enter [y/N]: ",
                           "\n収集を始めますか? y または「はい」と入力して Enter [y/N]: "),
                        desk_.shape())));
}

KitRunResult KitSession::collected(const KitConfig& config) {
  std::vector<std::string> words = config.collect_words(settings_.folder);
  words.push_back(std::string("--lang=") + in("en", "ja"));
  if (settings_.output_on_source) words.emplace_back("--allow-output-on-source");
  if (settings_.quiet) words.emplace_back("--quiet");
  const KitCollection collection = desk_.collect(words, settings_.language);
  show_end(config, collection.sealed);
  return {KitEnd::kCollected, collection.code};
}

void KitSession::show_end(const KitConfig& config, bool sealed) {
  const char* text =
      sealed
          ? in("\nDone. Copy the SHA-256 and the public key above by hand, eject the stick and "
               "hand it over.",
               "\n完了しました。上の SHA-256 と公開鍵を書き写し、USB メモリーを取り出して渡して"
               "ください。")
          : in("\nNot finished. Note the message above, leave the files on the stick as they are, "
               "and call.",
               "\n最後まで終わりませんでした。上の表示を控え、USB メモリーのファイルはそのままに"
               "して連絡してください。");
  say(std::string(text) + in("\nWho to call: ", "\n連絡先: ") +
      visible_text(kit_contact(config).in(settings_.language)));
}

// Where the window goes away with the program, nobody could read the end.
void KitSession::hold_window() {
  if (!settings_.ask || !desk_.window_ends_with_program()) return;
  const bool any_key = desk_.system() == OperatingSystem::kWindows;
  desk_.wait_for_key(any_key ? in("\nPress any key to close: ", "\n何かキーを押すと終了します: ")
                             : in("\nPress Enter to close: ", "\nEnter キーで終了します: "));
}

}  // namespace konseki
