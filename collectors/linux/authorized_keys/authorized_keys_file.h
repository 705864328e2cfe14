// authorized_keys of sshd(8), section AUTHORIZED_KEYS FILE FORMAT.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/linux/authorized_keys/ssh_key.h"
#include "konseki/byte_reader.h"

namespace konseki {

struct KeyOption {
  std::string name;   // in lower case: sshd compares case-blind
  std::string value;  // without quotes, \" resolved; empty when it has none
  std::string text;   // name="value" as written
};

struct AuthorizedKey {
  std::vector<KeyOption> options;
  SshKeyFacts key;
  std::string comment;
  std::vector<std::string> remarks;
  std::string problem;  // not empty: sshd would not take the line
  std::string_view raw;
  std::uint32_t line = 0;
  ByteRange range;
};

// Calls `visit` for every line that is neither blank nor a comment. Pure; any bytes may come in.
void parse_authorized_keys(std::string_view text,
                           const std::function<void(const AuthorizedKey&)>& visit);

}  // namespace konseki
