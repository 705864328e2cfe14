// A custody log as text for a terminal.
#pragma once

#include <string>

#include "agent/seal/custody_log.h"
#include "konseki/text.h"

namespace konseki {

// Records, problems and the digest of the last line. Names are made visible, so that none can
// steer the terminal.
std::string custody_text(const std::string& path, const CustodyLog& log, Language language);

// "signed by 1A2B…", "not signed", "WRONG SIGNATURE".
Bilingual custody_signature_text(const CustodyRecord& record);

}  // namespace konseki
