// Whose token it is, and what it may do.
#pragma once

#include <windows.h>

#include <cstdint>
#include <optional>
#include <string>

#include "konseki/result.h"

namespace konseki::windows_state {

struct TokenFacts {
  std::string user_sid;
  std::optional<std::uint32_t> integrity;  // RID of the label
  std::optional<bool> elevated;
};

// "S-1-5-18". Empty when it is no SID. Names are not looked up: for accounts of a domain that
// would send questions to its controller.
std::string sid_text(PSID sid);

// `process` needs PROCESS_QUERY_LIMITED_INFORMATION.
Result<TokenFacts> process_token_facts(HANDLE process);

}  // namespace konseki::windows_state
