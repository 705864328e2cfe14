// Error from the operating system's number, with advice where a user can help.
#pragma once

#include <string>

#include "konseki/result.h"

namespace konseki {

// `number` is an errno value; `action` says what was tried on what ("create /x").
Error system_error(int number, std::string action);

// What to do when the medium of our output does not answer any more.
inline const Bilingual kOutputGone{
    "The output medium does not answer: it was pulled out, or it fails. Connect it again; what was "
    "written so far can be saved with konseki recover.",
    "出力先の媒体が応答しません (取り外し、または故障)。接続し直してください。"
    "書き込み済みの分は konseki recover で救出できます。"};

}  // namespace konseki
