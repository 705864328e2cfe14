#include "agent/source/live/windows/state/token_facts.h"

#include <cstddef>
#include <vector>

#include "agent/base/windows/handle.h"
#include "agent/source/live/windows/state/api.h"

namespace konseki::windows_state {
namespace {

// The answer to one question about a token; empty when it is refused.
std::vector<std::byte> ask(HANDLE token, TOKEN_INFORMATION_CLASS what) {
  DWORD size = 0;
  ::GetTokenInformation(token, what, nullptr, 0, &size);
  std::vector<std::byte> answer(size);
  if (size == 0 || ::GetTokenInformation(token, what, answer.data(), size, &size) == 0) return {};
  return answer;
}

}  // namespace

std::string sid_text(PSID sid) {
  if (sid == nullptr || ::IsValidSid(sid) == 0) return {};
  const SID_IDENTIFIER_AUTHORITY& authority = *::GetSidIdentifierAuthority(sid);
  std::uint64_t number = 0;
  for (const BYTE byte : authority.Value) number = number << 8 | byte;
  std::string text = "S-1-" + std::to_string(number);
  const unsigned count = *::GetSidSubAuthorityCount(sid);
  for (unsigned i = 0; i < count; ++i) {
    text += '-' + std::to_string(*::GetSidSubAuthority(sid, i));
  }
  return text;
}

Result<TokenFacts> process_token_facts(HANDLE process) {
  HANDLE raw = nullptr;
  if (::OpenProcessToken(process, TOKEN_QUERY, &raw) == 0) {
    return fail(last_error("OpenProcessToken"));
  }
  const Handle token(raw);
  TokenFacts facts;
  const auto user = ask(token.get(), TokenUser);
  if (user.size() >= sizeof(TOKEN_USER)) {
    facts.user_sid = sid_text(reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid);
  }
  const auto label = ask(token.get(), TokenIntegrityLevel);
  if (label.size() >= sizeof(TOKEN_MANDATORY_LABEL)) {
    const PSID sid = reinterpret_cast<const TOKEN_MANDATORY_LABEL*>(label.data())->Label.Sid;
    if (sid != nullptr && ::IsValidSid(sid) != 0 && *::GetSidSubAuthorityCount(sid) > 0) {
      facts.integrity = *::GetSidSubAuthority(sid, *::GetSidSubAuthorityCount(sid) - 1U);
    }
  }
  const auto elevation = ask(token.get(), TokenElevation);
  if (elevation.size() >= sizeof(TOKEN_ELEVATION)) {
    facts.elevated =
        reinterpret_cast<const TOKEN_ELEVATION*>(elevation.data())->TokenIsElevated != 0;
  }
  return facts;
}

}  // namespace konseki::windows_state
