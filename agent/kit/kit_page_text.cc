#include "agent/kit/kit_page_text.h"

namespace konseki {
namespace {

PageSection before() {
  return {{"Before you begin", "始める前に"},
          false,
          {{{"Do not switch the PC off, restart it or log off: traces in memory would be lost.",
             "PC の電源を切らない。再起動・ログオフもしない (メモリー上の痕跡が消えます)。"},
            {}},
           {{"Do not open suspicious files, delete anything, change passwords or start a virus "
             "scan on it.",
             "この PC で不審なファイルを開く、何かを削除する、パスワードを変える、ウイルス検査を"
             "始める、のどれもしない。"},
            {}},
           {{"Write down on paper: date and time by your own watch, the clock that the PC shows, "
             "and your name.",
             "紙に控える: 自分の時計の日時、PC に表示された時刻、自分の名前。"},
            {}}}};
}

PageSection linux_steps(const KitPageFacts& facts) {
  const std::string& name = facts.linux_program;
  return {
      {"Steps on Linux", "手順 (Linux)"},
      true,
      {{{"Plug the stick in and open it in the file manager. Right-click an empty spot and choose "
         "\"Open in Terminal\" (or open a terminal and go to the stick with cd).",
         "USB メモリーを挿し、ファイルマネージャーで開く。何もない所を右クリックし「端末で開く」を"
         "選ぶ (または端末を開き、cd で USB メモリーのフォルダーへ移る)。"},
        {}},
       {{"Type this and press Enter. When asked for a password, type that of this PC (it does not "
         "show while you type).",
         "次のとおり入力して Enter を押す。パスワードを求められたら、この PC のものを入力する "
         "(入力中は表示されません)。"},
        "sudo ./" + name},
       {{"Read what is shown: host, where it is saved, for whom it is encrypted. If it is right, "
         "type y and press Enter. Anything else stops; nothing is collected then.",
         "表示 (ホスト、保存先、暗号化のあて先) を読み、正しければ y (または はい) と入力して "
         "Enter。ほかの入力では何もせずに終わります。"},
        {}},
       {{"Wait until \"Collection finished\" is shown. Copy the SHA-256 and the public key into "
         "the boxes below, then press Enter.",
         "「収集終了」と表示されるまで待つ。SHA-256 と公開鍵を下の欄に書き写し、Enter を押す。"},
        {}},
       {{"Eject the stick in the file manager, pull it out, and hand it over with this sheet.",
         "ファイルマネージャーで USB メモリーを取り出してから抜き、この用紙と一緒に渡す。"},
        {}}}};
}

PageSection windows_steps(const KitPageFacts& facts) {
  const std::string& name = facts.windows_program;
  return {
      {"Steps on Windows", "手順 (Windows)"},
      true,
      {{{"Plug the stick in and open it in Explorer. Double-click " + name +
             ". When Windows asks whether it may make changes, answer Yes.",
         "USB メモリーを挿し、エクスプローラーで開く。" + name +
             " をダブルクリックし、Windows の確認画面で「はい」を押す。"},
        {}},
       {{"If Windows warns of an unknown program: \"More info\", then \"Run anyway\".",
         "「Windows によって PC が保護されました」と出たら「詳細情報」→「実行」を押す。"},
        {}},
       {{"Read what is shown: host, where it is saved, for whom it is encrypted. If it is right, "
         "type y and press Enter.",
         "表示 (ホスト、保存先、暗号化のあて先) を読み、正しければ y (または はい) と入力して "
         "Enter を押す。"},
        {}},
       {{"Wait until \"Collection finished\" is shown. Copy the SHA-256 and the public key into "
         "the boxes below, then press any key.",
         "「収集終了」と表示されるまで待つ。SHA-256 と公開鍵を下の欄に書き写し、何かキーを押す。"},
        {}},
       {{"\"Safely remove hardware\", pull the stick out, and hand it over with this sheet.",
         "「ハードウェアの安全な取り外し」をしてから抜き、この用紙と一緒に渡す。"},
        {}}}};
}

PageSection time_needed(const KitPageFacts& facts) {
  PageSection section{{"How long it takes", "かかる時間"}, false, {}};
  section.lines.push_back(
      {{"From a few minutes to an hour, longer on slow or full disks. As long as the numbers on "
        "the screen change, all is well; the PC can be used meanwhile, but better is not.",
        "数分から 1 "
        "時間ほど。遅いディスクや大容量のディスクではさらにかかります。画面の数字が動いて"
        "いれば正常です。収集中の操作はできるだけ控えてください。"},
       {}});
  if (facts.max_time) {
    const auto minutes = std::to_string((facts.max_time->count() + 59) / 60);
    section.lines.push_back(
        {{"It ends by itself after " + minutes + " minutes at the latest, with what is there.",
          "長くても " + minutes + " 分で自動的に切り上げ、そこまでの分を保存します。"},
         {}});
  }
  section.lines.push_back(
      {{"To stop early: Ctrl+C once, then wait. What was collected is kept.",
        "途中でやめるには Ctrl+C を 1 回押して待つ。そこまでの分は保存されます。"},
       {}});
  return section;
}

PageSection when_it_fails(const KitPageFacts& facts) {
  PageSection section{{"When something goes wrong", "うまくいかないとき"}, false, {}};
  auto& lines = section.lines;
  lines.push_back({{"\"The kit has been altered\": do not use this stick; call.",
                    "「キットが変更されています」: この USB メモリーは使わず、連絡する。"},
                   {}});
  if (!facts.linux_program.empty()) {
    lines.push_back(
        {{"\"Permission denied\" at the start (Linux): allow programs on the stick, then repeat "
          "step 2.",
          "起動時に \"Permission denied\" / 「許可がありません」(Linux): 次を入力して手順 2 を"
          "やり直す。"},
         "sudo mount -o remount,exec \"$(df --output=target . | tail -1)\""});
  }
  lines.push_back(
      {{"No administrator password: run it all the same, on Linux without sudo, on Windows with "
        "No; less can be read, and the evidence says so.",
        "管理者のパスワードがわからない: Linux では sudo なしで、Windows では「いいえ」を押して"
        "続ける。読めないものが増えますが、その旨が記録されます。"},
       {}});
  lines.push_back({{"The stick is full: use another stick with a kit, or call. Delete nothing.",
                    "空き容量が足りない: 別のキットを使うか、連絡する。何も削除しない。"},
                   {}});
  if (!facts.windows_program.empty()) {
    lines.push_back({{"The antivirus removes the program: note its message, and call. Do not "
                      "switch the antivirus off by yourself.",
                      "ウイルス対策ソフトがプログラムを削除した: 表示を控えて連絡する。自分の判断で"
                      "ウイルス対策を止めない。"},
                     {}});
  }
  lines.push_back(
      {{"Power failed or the stick came loose: plug it in and run it again. Leave files "
        "that end in .partial where they are: they can be saved.",
        "電源が落ちた・USB が抜けた: 挿し直してもう一度実行する。名前が .partial で終わる"
        "ファイルは消さない (後で救出できます)。"},
       {}});
  lines.push_back({{"\"Could not look\" at the end is normal: some files are always in use.",
                    "最後に「確認できなかったもの」が出るのは普通です (使用中のファイルなど)。"},
                   {}});
  return section;
}

}  // namespace

Bilingual kit_contact(const KitConfig& config) {
  const auto found = config.case_fields.find("contact");
  if (found != config.case_fields.end()) return {found->second, found->second};
  return {"______________________________", "______________________________"};
}

std::vector<PageSection> kit_page_sections(const KitPageFacts& facts) {
  std::vector<PageSection> sections{before()};
  if (!facts.windows_program.empty()) sections.push_back(windows_steps(facts));
  if (!facts.linux_program.empty()) sections.push_back(linux_steps(facts));
  sections.push_back(time_needed(facts));
  sections.push_back(when_it_fails(facts));
  return sections;
}

}  // namespace konseki
