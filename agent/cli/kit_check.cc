// konseki kit check: whether a kit is as it was made.

#include <fmt/format.h>

#include "agent/base/quantities.h"
#include "agent/cli/console.h"
#include "agent/cli/exit_code.h"
#include "agent/cli/key_options.h"
#include "agent/cli/kit.h"
#include "agent/cli/kit_folder.h"
#include "agent/cli/run_verb.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "kit check",
      "DIR",
      1,
      1,
      {"Reads every file of a rescue kit and names what was altered, added or is missing.\n"
       "Run it with a program that you trust, not with the one in the kit.",
       "救助キットの全ファイルを読み、変更・追加・欠落を示します。\n"
       "キット内のプログラムではなく、信頼できるプログラムで実行してください。"},
      {{"public-key",
        "RW…|FILE",
        {"the key that was shown when the kit was made, from your\nown note; without it a kit "
         "that was made anew is not told",
         "作成時に表示された公開鍵 (手元の控え)。指定しないと、\n丸ごと作り直されたキットは"
         "見破れません"}}},
      {}};
  return kUsage;
}

Result<int> work(const Arguments& arguments, Language language) {
  std::optional<VerifyingKey> expected;
  if (arguments.has("public-key")) {
    auto key = read_verifying_key(arguments.value("public-key"));
    if (!key) return refuse_usage(key.error(), language);
    expected = *key;
  }
  KONSEKI_ASSIGN(const KitCheck check, check_kit_folder(arguments.positional().front(), expected));
  const bool japanese = language == Language::kJapanese;
  for (const std::string& name : check.passed_over) {
    print_message(fmt::format(fmt::runtime(japanese ? "対象外 (システムが作るフォルダー): {}"
                                                    : "not looked at, made by the system: {}"),
                              visible_text(name)));
  }
  if (!check.sound()) {
    print_result(kit_problems_text(check, language));
    return kExitBundleUnsafe;
  }
  print_result(fmt::format(
      fmt::runtime(japanese ? "異常なし: {} ファイル、{}。署名は正しいです。\n公開鍵: {}\n"
                            : "Sound: {} files, {}. The signature is right.\nPublic key: {}\n"),
      check.files, size_text(check.bytes), check.config->public_key.text()));
  if (!expected) {
    print_result(japanese ? "この公開鍵を、作成時の控えと照合してください。\n"
                          : "Compare this key with the note from when the kit was made.\n");
  }
  return kExitComplete;
}

}  // namespace

int run_kit_check(const std::vector<std::string>& words, Language language) {
  return run_verb(usage(), words, language,
                  [&](const Arguments& arguments) { return work(arguments, language); });
}

}  // namespace konseki
