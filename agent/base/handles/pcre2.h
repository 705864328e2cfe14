// PCRE2 handles (8-bit code units) as owning pointers.
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <memory>

#include "agent/base/handles/closer.h"

namespace konseki {

using Pcre2Code = std::unique_ptr<pcre2_code, Closer<pcre2_code_free>>;
using Pcre2MatchData = std::unique_ptr<pcre2_match_data, Closer<pcre2_match_data_free>>;
using Pcre2MatchContext = std::unique_ptr<pcre2_match_context, Closer<pcre2_match_context_free>>;

}  // namespace konseki
