// konseki kit: a stick that someone who is no specialist can use.

#include "agent/cli/kit.h"

#include "agent/cli/run_verb.h"
#include "agent/cli/verbs.h"

namespace konseki {
namespace {

const Usage& usage() {
  static const Usage kUsage{
      "kit",
      "make | check | run",
      1,
      1,
      {"A rescue kit: a folder for a USB stick that collects with settings made beforehand, asks\n"
       "one question and explains itself.\n"
       "  make    makes one          konseki kit make --help\n"
       "  check   tells any change   konseki kit check --help\n"
       "  run     does its job, as the program in a kit does when started without arguments",
       "救助キット: あらかじめ決めた設定で収集する USB "
       "メモリー用のフォルダーです。使う人への質問は\n"
       "1 つだけで、説明書も入っています。\n"
       "  make    キットを作成       konseki kit make --help\n"
       "  check   変更の有無を検査   konseki kit check --help\n"
       "  run     収集を実行 (キット内のプログラムを引数なしで起動したときと同じ)"},
      {},
      {"  konseki kit make -o KIT --recipient age1… --case-id 2026-014 --contact \"+81-…\"\n"
       "  konseki kit check /media/usb/KIT\n",
       "  konseki kit make -o KIT --recipient age1… --case-id 2026-014 --contact 03-…\n"
       "  konseki kit check /media/usb/KIT\n"}};
  return kUsage;
}

}  // namespace

int run_kit(const std::vector<std::string>& words, Language language) {
  if (!words.empty()) {
    const std::vector<std::string> rest(words.begin() + 1, words.end());
    if (words[0] == "make") return run_kit_make(rest, language);
    if (words[0] == "check") return run_kit_check(rest, language);
    if (words[0] == "run") return run_kit_run(rest, language);
  }
  return run_verb(usage(), words, language, [&](const Arguments& arguments) -> Result<int> {
    return refuse_usage({ErrorCode::kInvalidArgument,
                         arguments.positional()[0],
                         {"Use: konseki kit make, konseki kit check or konseki kit run",
                          "konseki kit make、konseki kit check、konseki kit run のどれかを"
                          "指定してください"}},
                        language);
  });
}

}  // namespace konseki
