// Public keys as OpenSSH writes them: "ssh-ed25519 AAAA... comment".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace konseki {

// True for the names of key types that OpenSSH knows or knew, certificates included.
bool is_ssh_key_type(std::string_view word);

struct SshKeyFacts {
  std::string type;         // as the key itself says
  std::uint32_t bits = 0;   // 0 when the type has none or they cannot be told
  std::string fingerprint;  // "SHA256:...", as ssh-keygen -l prints: of a certificate, its key's
};

// `blob` is the decoded key (RFC 4253 section 6.6). Nothing when
// it is cut short or does not begin with a type.
std::optional<SshKeyFacts> ssh_key_facts(std::span<const std::byte> blob);

}  // namespace konseki
