// Words of help and advice that differ between systems.
#pragma once

#include <string_view>

#include "konseki/text.h"

namespace konseki {

#ifdef _WIN32
inline constexpr std::string_view kStick = "E:\\";  // a USB stick, in examples
inline constexpr std::string_view kWithFullRights;  // stands before a command
#else
inline constexpr std::string_view kStick = "/media/usb";
inline constexpr std::string_view kWithFullRights = "sudo ";
#endif

// How to start the program again with full rights. Sentences.
inline Bilingual advice_for_full_rights() {
#ifdef _WIN32
  return {"Run as administrator: right-click the command prompt, Run as administrator.",
          "管理者として実行してください (コマンドプロンプトを右クリックして"
          "「管理者として実行」)。"};
#else
  return {"Run as root: sudo konseki ….", "root で実行してください (sudo konseki …)。"};
#endif
}

}  // namespace konseki
